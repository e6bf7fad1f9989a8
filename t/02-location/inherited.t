# What http sets holds in the locations of its servers, where nothing else is
# set between them.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: actor_token, actor_token_audience, actor_token_tenant
--- http_config
include policy.conf;
--- config
location /t { location = /t { root html; try_files /index.html =404; } }
--- no_token
--- reason: missing


=== TEST 2: another audience
--- claims
{"aud": "https://other.example.com"}
--- reason: audience_mismatch


=== TEST 3: the right one


=== TEST 4: token=
--- http_config
include rules.conf;
actor_token test token=$http_x_token;
--- config
location /t { location = /t { root html; try_files /index.html =404; } }
--- more_headers
X-Token: $TOKEN


=== TEST 5: which is then the only place
--- reason: missing


=== TEST 6: actor_token_trust
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
actor_token_issuer other {
    issuer https://login.other.example;
    jwks other.jwks;
    tenant acme;
}
--- http_config
include policy.conf;
actor_token_trust other;
--- config
location /t { location = /t { root html; try_files /index.html =404; } }
--- reason: untrusted_issuer


=== TEST 7: the one that it names
--- signer: other
--- claims
{"iss": "https://login.other.example"}


=== TEST 8: actor_token_delegation
--- http_config
include policy.conf;
actor_token_delegation forbidden;
--- config
location /t { location = /t { root html; try_files /index.html =404; } }
--- reason: delegation_forbidden


=== TEST 9: without an actor
--- claims
{"act": "(absent)"}


=== TEST 10: actor_token_actors
--- http_config
include policy.conf;
actor_token_actors agent-2;
--- config
location /t { location = /t { root html; try_files /index.html =404; } }
--- reason: actor_not_allowed


=== TEST 11: the actor that it names
--- claims
{"act": {"sub": "agent-2"}}


=== TEST 12: actor_token_federation
--- issuer
actor_tenant_claim tid;
--- http_config
include policy.conf;
actor_token_federation beta;
--- config
location /t { location = /t { root html; try_files /index.html =404; } }
--- claims
{"act": {"sub": "agent-1", "tid": "beta"}}
--- vars
actor_tenant: beta


=== TEST 13: a tenant that it does not name
--- claims
{"act": {"sub": "agent-1", "tid": "gamma"}}
--- reason: actor_tenant_not_allowed


=== TEST 14: actor_token_max_depth
--- http_config
include policy.conf;
actor_token_max_depth 1;
--- config
location /t { location = /t { root html; try_files /index.html =404; } }
--- claims
{"act": {"sub": "agent-1", "act": {"sub": "agent-0"}}}
--- reason: chain_too_deep


=== TEST 15: a chain that is not as long


=== TEST 16: actor_token_scope
--- http_config
include policy.conf;
actor_token_scope admin;
--- config
location /t { location = /t { root html; try_files /index.html =404; } }
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="admin"


=== TEST 17: with the scope
--- claims
{"scope": "admin"}


=== TEST 18: actor_token_require
--- http_config
include policy.conf;
actor_token_require $arg_x;
--- config
location /t { location = /t { root html; try_files /index.html =404; } }
--- reason: requirement_failed


=== TEST 19: what it asks for
--- request
GET /t?x=1


=== TEST 20: actor_token_dry_run
--- http_config
include policy.conf;
actor_token_dry_run on;
--- config
location /t { location = /t { root html; try_files /index.html =404; } }
--- no_token
--- reason: missing
--- verdict: REJECTED_DRY_RUN


=== TEST 21: actor_token_resource_metadata
--- http_config
include policy.conf;
actor_token_resource_metadata https://api.example.com/meta;
--- config
location /t { location = /t { root html; try_files /index.html =404; } }
--- no_token
--- reason: missing
--- challenge: Bearer realm="test", resource_metadata="https://api.example.com/meta"


=== TEST 22: actor_token_log_level
--- http_config
include policy.conf;
actor_token_log_level warn;
--- config
location /t { location = /t { root html; try_files /index.html =404; } }
--- claims
{"aud": "https://other.example.com"}
--- reason: audience_mismatch
--- logged_level: warn


=== TEST 23: actor_token_max_size
--- http_config
include policy.conf;
actor_token_max_size 100;
--- config
location /t { location = /t { root html; try_files /index.html =404; } }
--- reason: too_large
