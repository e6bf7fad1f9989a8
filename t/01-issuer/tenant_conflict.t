# A template and a claim together: both present, and equal.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: they agree
--- issuers
actor_token_issuer cloud {
    issuer "https://login.cloud.example/{tenant}/v2.0";
    jwks acme.jwks;
    tenant_claim tid;
}
--- claims
{"iss": "https://login.cloud.example/acme/v2.0", "tid": "acme"}
--- vars
tenant: acme


=== TEST 2: the claim names another than the issuer, who is this request's (standards 29: a decision of this module)
--- claims
{"iss": "https://login.cloud.example/acme/v2.0", "tid": "beta"}
--- reason: tenant_conflict
--- logged
acme
beta


=== TEST 3: the issuer is another than the claim, which is this request's
--- claims
{"iss": "https://login.cloud.example/beta/v2.0", "tid": "acme"}
--- reason: tenant_conflict


=== TEST 4: they differ by case
--- claims
{"iss": "https://login.cloud.example/acme/v2.0", "tid": "ACME"}
--- reason: tenant_conflict


=== TEST 5: no claim
--- claims
{"iss": "https://login.cloud.example/acme/v2.0"}
--- reason: tenant_missing


=== TEST 6: an empty claim
--- claims
{"iss": "https://login.cloud.example/acme/v2.0", "tid": ""}
--- reason: tenant_missing


=== TEST 7: they agree on a tenant that is not this request's
--- claims
{"iss": "https://login.cloud.example/beta/v2.0", "tid": "beta"}
--- reason: tenant_mismatch


=== TEST 8: a location that compares no tenants still wants them to agree
--- issuers
actor_token_issuer cloud {
    issuer "https://login.cloud.example/{tenant}/v2.0";
    jwks acme.jwks;
    tenant_claim tid;
    tenants acme beta;
}
--- policy
actor_token_tenant off;
--- claims
{"iss": "https://login.cloud.example/acme/v2.0", "tid": "beta"}
--- reason: tenant_conflict


=== TEST 9: and present
--- claims
{"iss": "https://login.cloud.example/acme/v2.0"}
--- reason: tenant_missing


=== TEST 10: and allowed
--- claims
{"iss": "https://login.cloud.example/gamma/v2.0", "tid": "gamma"}
--- reason: tenant_not_allowed


=== TEST 11: then it is the token's tenant
--- claims
{"iss": "https://login.cloud.example/beta/v2.0", "tid": "beta"}
--- vars
tenant: beta
