# Auth0: the organization is the tenant.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: a custom token exchange
--- issuers
actor_token_issuer auth0 {
    issuer https://acme.auth0.example/;
    jwks rsa.jwks;
    tenant_claim org_id;
    tenants org_acme org_beta;
    type at+jwt JWT;
}
--- config
root html;
location /t {
    actor_token api;
    actor_token_audience https://api.example.com/;
    actor_token_tenant org_acme;
    actor_token_actors support-*;
    try_files /index.html =404;
}
--- signer: rsa
--- jose
{"typ": "JWT"}
--- claims
{"iss": "https://acme.auth0.example/", "sub": "auth0|1", "org_id": "org_acme", "azp": "client",
 "aud": ["https://api.example.com/", "https://acme.auth0.example/userinfo"],
 "act": {"sub": "support-7", "act": {"sub": "bot"}}}
--- vars
tenant: org_acme
subject: auth0|1
actor: support-7
depth: 2


=== TEST 2: another organization
--- signer: rsa
--- claims
{"iss": "https://acme.auth0.example/", "org_id": "org_beta", "aud": "https://api.example.com/",
 "act": {"sub": "support-7"}}
--- reason: tenant_mismatch
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 3: none
--- signer: rsa
--- claims
{"iss": "https://acme.auth0.example/", "org_name": "org_acme", "aud": "https://api.example.com/",
 "act": {"sub": "support-7"}}
--- reason: tenant_missing
--- challenge: Bearer realm="api", error="invalid_token"
