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


=== TEST 10: a variable
--- request
GET /variable?f=partner
--- claims
{"act": {"sub": "agent-1", "tid": "partner"}}


=== TEST 11: with another value
--- request
GET /variable?f=other
--- claims
{"act": {"sub": "agent-1", "tid": "partner"}}
--- reason: actor_tenant_not_allowed


=== TEST 12: with none
--- request
GET /variable
--- claims
{"act": {"sub": "agent-1", "tid": "partner"}}
--- reason: actor_tenant_not_allowed


=== TEST 13: and an actor without a tenant
--- request
GET /variable
--- claims
{"act": {"sub": "agent-1", "tid": ""}}
--- reason: actor_tenant_not_allowed


=== TEST 14: constants and a variable together
--- request
GET /mixed?f=other
--- claims
{"act": {"sub": "agent-1", "tid": "other"}}


=== TEST 15: the constant
--- request
GET /mixed?f=other
--- claims
{"act": {"sub": "agent-1", "tid": "partner"}}


=== TEST 16: off resets
--- request
GET /parent/off
--- claims
{"act": {"sub": "agent-1", "tid": "partner"}}
--- reason: actor_tenant_not_allowed


=== TEST 17: inherited
--- request
GET /parent/inherit
--- claims
{"act": {"sub": "agent-1", "tid": "partner"}}


=== TEST 18: replaced
--- request
GET /parent/replace
--- claims
{"act": {"sub": "agent-1", "tid": "partner"}}
--- reason: actor_tenant_not_allowed


=== TEST 19: with its own
--- request
GET /parent/replace
--- claims
{"act": {"sub": "agent-1", "tid": "other"}}


=== TEST 20: a variable with several tenants
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


=== TEST 21: the last of them
--- claims
{"act": {"sub": "agent-1", "tid": "three"}}


=== TEST 22: not all of them as one
--- claims
{"act": {"sub": "agent-1", "tid": "two three"}}
--- reason: actor_tenant_not_allowed


=== TEST 23: by the block of act.iss
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


=== TEST 24: our own variables
--- policy
actor_token_federation $actor_token_actor_tenant; #<
--- must_die
$actor_token_actor_tenant


=== TEST 25: off among tenants
--- policy
actor_token_federation off partner; #<
--- must_die
off


=== TEST 26: a constant that is empty admits nobody
--- issuer
actor_tenant_claim tid;
--- policy
actor_token_federation "";
--- claims
{"act": {"sub": "agent-1", "tid": "beta"}}
--- reason: actor_tenant_not_allowed
