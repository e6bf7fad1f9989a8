# Actors of other tenants.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: an actor of the token's tenant needs no federation
--- issuer
actor_tenant_claim tid;
--- config
include policy.conf;
root html;
location = /none { try_files /index.html =404; }
location = /partner { actor_token_federation partner other; try_files /index.html =404; }
location = /variable { actor_token_federation $arg_f; try_files /index.html =404; }
location = /mixed { actor_token_federation partner $arg_f; try_files /index.html =404; }
location /parent {
    actor_token_federation partner;
    location = /parent/off { actor_token_federation off; try_files /index.html =404; }
    location = /parent/inherit { try_files /index.html =404; }
    location = /parent/replace { actor_token_federation other; try_files /index.html =404; }
}
--- request
GET /none
--- claims
{"act": {"sub": "agent-1", "tid": "acme"}}
--- vars
actor_tenant: acme
tenant: acme


=== TEST 2: an actor of another does
--- request
GET /none
--- claims
{"act": {"sub": "agent-1", "tid": "partner"}}
--- reason: actor_tenant_not_allowed
--- logged
partner


=== TEST 3: with it
--- request
GET /partner
--- claims
{"act": {"sub": "agent-1", "tid": "partner"}}
--- vars
actor_tenant: partner
tenant: acme


=== TEST 4: the second of the list
--- request
GET /partner
--- claims
{"act": {"sub": "agent-1", "tid": "other"}}
--- vars
actor_tenant: other


=== TEST 5: the token's own tenant still
--- request
GET /partner
--- claims
{"act": {"sub": "agent-1", "tid": "acme"}}
--- vars
actor_tenant: acme


=== TEST 6: a third
--- request
GET /partner
--- claims
{"act": {"sub": "agent-1", "tid": "third"}}
--- reason: actor_tenant_not_allowed


=== TEST 7: case matters
--- request
GET /partner
--- claims
{"act": {"sub": "agent-1", "tid": "Partner"}}
--- reason: actor_tenant_not_allowed


=== TEST 8: a prefix
--- request
GET /partner
--- claims
{"act": {"sub": "agent-1", "tid": "part"}}
--- reason: actor_tenant_not_allowed


=== TEST 9: a variable
--- request
GET /variable?f=partner
--- claims
{"act": {"sub": "agent-1", "tid": "partner"}}


=== TEST 10: with another value
--- request
GET /variable?f=other
--- claims
{"act": {"sub": "agent-1", "tid": "partner"}}
--- reason: actor_tenant_not_allowed


=== TEST 11: with none
--- request
GET /variable
--- claims
{"act": {"sub": "agent-1", "tid": "partner"}}
--- reason: actor_tenant_not_allowed


=== TEST 12: and an actor without a tenant
--- request
GET /variable
--- claims
{"act": {"sub": "agent-1", "tid": ""}}
--- reason: actor_tenant_not_allowed


=== TEST 13: constants and a variable together
--- request
GET /mixed?f=other
--- claims
{"act": {"sub": "agent-1", "tid": "other"}}


=== TEST 14: the constant
--- request
GET /mixed?f=other
--- claims
{"act": {"sub": "agent-1", "tid": "partner"}}


=== TEST 15: off resets
--- request
GET /parent/off
--- claims
{"act": {"sub": "agent-1", "tid": "partner"}}
--- reason: actor_tenant_not_allowed


=== TEST 16: inherited
--- request
GET /parent/inherit
--- claims
{"act": {"sub": "agent-1", "tid": "partner"}}


=== TEST 17: replaced
--- request
GET /parent/replace
--- claims
{"act": {"sub": "agent-1", "tid": "partner"}}
--- reason: actor_tenant_not_allowed


=== TEST 18: with its own
--- request
GET /parent/replace
--- claims
{"act": {"sub": "agent-1", "tid": "other"}}


=== TEST 19: a variable with several tenants
--- http_config
map $host $partners {
    default "one  two three";
}
--- issuer
actor_tenant_claim tid;
--- policy
actor_token_federation $partners;
--- claims
{"act": {"sub": "agent-1", "tid": "two"}}


=== TEST 20: the last of them
--- claims
{"act": {"sub": "agent-1", "tid": "three"}}


=== TEST 21: not all of them as one
--- claims
{"act": {"sub": "agent-1", "tid": "two three"}}
--- reason: actor_tenant_not_allowed


=== TEST 22: by the block of act.iss
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
    actor_issuers https://login.partner.example;
}
actor_token_issuer partner {
    issuer https://login.partner.example;
    jwks partner.jwks;
    tenant partner;
}
--- policy
actor_token_trust acme;
actor_token_federation partner;
--- claims
{"act": {"iss": "https://login.partner.example", "sub": "agent-1"}}
--- vars
actor_tenant: partner
actor_issuer: https://login.partner.example
tenant: acme


=== TEST 23: our own variables
--- policy
actor_token_federation $actor_token_actor_tenant; #<
--- must_die
$actor_token_actor_tenant


=== TEST 24: off among tenants
--- policy
actor_token_federation off partner; #<
--- must_die
off


=== TEST 25: a constant that is empty admits nobody
--- issuer
actor_tenant_claim tid;
--- policy
actor_token_federation "";
--- claims
{"act": {"sub": "agent-1", "tid": "beta"}}
--- reason: actor_tenant_not_allowed
