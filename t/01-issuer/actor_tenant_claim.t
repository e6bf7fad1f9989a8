# Where the tenant of an actor comes from.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: from a claim inside act
--- issuer
actor_tenant_claim tid;
--- claims
{"act": {"sub": "agent-1", "tid": "acme"}}
--- vars
actor_tenant: acme


=== TEST 2: another tenant's actor
--- claims
{"act": {"sub": "agent-1", "tid": "beta"}}
--- reason: actor_tenant_not_allowed
--- logged
beta


=== TEST 3: absent
--- claims
{"act": {"sub": "agent-1"}}
--- reason: actor_tenant_not_allowed


=== TEST 4: empty
--- claims
{"act": {"sub": "agent-1", "tid": ""}}
--- reason: actor_tenant_not_allowed


=== TEST 5: not a string
--- claims
{"act": {"sub": "agent-1", "tid": ["acme"]}}
--- reason: actor_tenant_not_allowed


=== TEST 6: the same claim of the token is not the actor's
--- claims
{"tid": "acme", "act": {"sub": "agent-1"}}
--- reason: actor_tenant_not_allowed


=== TEST 7: nor one of an inner actor
--- claims
{"act": {"sub": "agent-1", "act": {"sub": "agent-0", "tid": "acme"}}}
--- reason: actor_tenant_not_allowed


=== TEST 8: only the current actor's counts
--- claims
{"act": {"sub": "agent-1", "tid": "acme", "act": {"sub": "agent-0", "tid": "beta"}}}
--- vars
actor_tenant: acme


=== TEST 9: a path
--- issuer
actor_tenant_claim org id;
--- claims
{"act": {"sub": "agent-1", "org": {"id": "acme"}}}
--- vars
actor_tenant: acme


=== TEST 10: without the directive, act.iss of a single-tenant block has that block's tenant
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
    actor_issuers https://login.acme.example https://login.beta.example https://cloud.example/gamma https://agents.example;
}
actor_token_issuer beta {
    issuer https://login.beta.example;
    jwks beta.jwks;
    tenant beta;
}
actor_token_issuer cloud {
    issuer "https://cloud.example/{tenant}";
    jwks cloud.jwks;
}
--- policy
actor_token_trust acme;
--- claims
{"act": {"iss": "https://login.beta.example", "sub": "agent-1"}}
--- reason: actor_tenant_not_allowed
--- logged
beta


=== TEST 11: so has one of a templated block
--- claims
{"act": {"iss": "https://cloud.example/gamma", "sub": "agent-1"}}
--- reason: actor_tenant_not_allowed
--- logged
gamma


=== TEST 12: one that no block knows is of the token's tenant
--- claims
{"act": {"iss": "https://agents.example", "sub": "agent-1"}}
--- vars
actor_tenant: acme


=== TEST 13: as is the token's own
--- claims
{"act": {"iss": "https://login.acme.example", "sub": "agent-1"}}
--- vars
actor_tenant: acme


=== TEST 14: as is one of a claimed block
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
    actor_issuers https://login.many.example https://login.none.example;
}
actor_token_issuer many {
    issuer https://login.many.example;
    jwks many.jwks;
    tenant_claim tid;
    actor_tenant_claim tid;
}
actor_token_issuer none {
    issuer https://login.none.example;
    jwks none.jwks;
    tenant off;
}
--- http_config
actor_token_trust acme;
--- claims
{"act": {"iss": "https://login.many.example", "sub": "agent-1", "tid": "beta"}}
--- vars
actor_tenant: acme


=== TEST 15: the block without tenants
--- claims
{"act": {"iss": "https://login.none.example", "sub": "agent-1"}}
--- vars
actor_tenant: acme


=== TEST 16: a block of several tenants without the directive
--- no_tenant_rule
--- issuer
tenant_claim tid; 
--- claims
{"tid": "acme"}
--- notice
acme
actor_tenant_claim


=== TEST 17: with it
--- no_tenant_rule
--- issuer
tenant_claim tid;
actor_tenant_claim tid;
--- claims
{"tid": "acme", "act": {"sub": "agent-1", "tid": "acme"}}
--- no_notice
actor_tenant_claim


=== TEST 18: a block of one tenant
--- restart
--- no_notice
actor_tenant_claim
