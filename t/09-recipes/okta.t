# Okta: scopes in an array, the client in "cid".

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: a service acts for a user
--- issuers
actor_token_issuer okta {
    issuer https://acme.okta.example/oauth2/default;
    jwks rsa.jwks;
    tenant acme;
    type - JWT at+jwt;
    actor_claim cid;
}
--- config
root html;
location /t {
    actor_token api;
    actor_token_audience api://default;
    actor_token_tenant acme;
    actor_token_actors 0oa1service;
    actor_token_scope tickets.read;
    try_files /index.html =404;
}
--- signer: rsa
--- jose
{"typ": "(absent)"}
--- claims
{"iss": "https://acme.okta.example/oauth2/default", "ver": 1, "cid": "0oa1service", "uid": "00u1",
 "aud": "api://default", "sub": "ada@acme.example", "scp": ["openid", "tickets.read"],
 "scope": "(absent)", "client_id": "(absent)", "act": "(absent)", "jti": "AT.1"}
--- vars
actor: 0oa1service
client: 0oa1service
scope: openid tickets.read


=== TEST 2: without the scope
--- signer: rsa
--- jose
{"typ": "(absent)"}
--- claims
{"iss": "https://acme.okta.example/oauth2/default", "cid": "0oa1service",
 "aud": "api://default", "scp": ["openid"], "scope": "(absent)", "act": "(absent)"}
--- reason: insufficient_scope
--- challenge: Bearer realm="api", error="insufficient_scope", scope="tickets.read"
