# Keycloak: a realm for each tenant.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: a token exchange of Keycloak 26.8
--- issuers
actor_token_issuer keycloak {
    issuer "https://kc.example/realms/{tenant}";
    jwks rsa.jwks;
    type JWT at+jwt;
    tenants acme beta;
}
--- config
root html;
location /t {
    actor_token api;
    actor_token_audience tickets;
    actor_token_tenant acme;
    actor_token_actors "~[0-9a-f-]{36}";
    actor_token_max_depth 2;
    try_files /index.html =404;
}
--- signer: rsa
--- jose
{"typ": "JWT"}
--- claims
{"iss": "https://kc.example/realms/acme", "typ": "Bearer", "sub": "0aabbccd-0000-4000-8000-000000000001",
 "aud": ["tickets", "account"], "azp": "requester", "client_id": "(absent)", "scope": "openid profile",
 "act": {"sub": "0aabbccd-0000-4000-8000-000000000002", "client_id": "agent"}}
--- vars
tenant: acme
actor: 0aabbccd-0000-4000-8000-000000000002
client: requester


=== TEST 2: another realm
--- signer: rsa
--- jose
{"typ": "JWT"}
--- claims
{"iss": "https://kc.example/realms/beta", "typ": "Bearer", "aud": "tickets",
 "act": {"sub": "0aabbccd-0000-4000-8000-000000000002"}}
--- reason: tenant_mismatch
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 3: the master realm is no tenant
--- signer: rsa
--- jose
{"typ": "JWT"}
--- claims
{"iss": "https://kc.example/realms/master", "typ": "Bearer", "aud": "tickets",
 "act": {"sub": "0aabbccd-0000-4000-8000-000000000002"}}
--- reason: tenant_not_allowed
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 4: a refresh token
--- signer: rsa
--- jose
{"typ": "JWT"}
--- claims
{"iss": "https://kc.example/realms/acme", "typ": "Refresh", "aud": "tickets",
 "act": {"sub": "0aabbccd-0000-4000-8000-000000000002"}}
--- reason: type_not_allowed
--- challenge: Bearer realm="api", error="invalid_token"
