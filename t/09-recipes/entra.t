# Microsoft Entra ID: tokens of its shape, templated and claimed at once.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: an app acts for a user
--- issuers
actor_token_issuer entra {
    issuer "https://login.microsoftonline.com/{tenant}/v2.0";
    jwks entra.jwks;
    tenant_claim tid;
    tenants 11111111-1111-1111-1111-111111111111 22222222-2222-2222-2222-222222222222;
    type JWT;
    subject_claim oid;
    actor_claim azp unless=idtyp:app;
    require_claim ver =2.0;
}
--- conf_files eval
['entra.jwks' => jwks(jwk('rsa', use => 'sig', alg => 'RS256', issuer => 'https://login.microsoftonline.com/{tenantid}/v2.0'))]
--- http_config
map $host $tenant {
    acme.example.com  11111111-1111-1111-1111-111111111111;
    beta.example.com  22222222-2222-2222-2222-222222222222;
}
--- config
root html;
location /t {
    actor_token api;
    actor_token_audience 99999999-9999-9999-9999-999999999999;
    actor_token_tenant $tenant;
    actor_token_actors aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa;
    actor_token_scope Tickets.Read;
    try_files /index.html =404;
}
location /direct {
    actor_token api;
    actor_token_audience 99999999-9999-9999-9999-999999999999;
    actor_token_tenant $tenant;
    actor_token_delegation optional;
    try_files /index.html =404;
}
--- more_headers
Host: acme.example.com
--- signer: rsa
--- jose
{"typ": "JWT"}
--- claims
{"iss": "https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/v2.0",
 "tid": "11111111-1111-1111-1111-111111111111", "oid": "user-oid", "sub": "pairwise",
 "aud": "99999999-9999-9999-9999-999999999999", "ver": "2.0", "act": "(absent)",
 "azp": "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "azpacr": "1", "scope": "(absent)",
 "scp": "Tickets.Read User.Read", "jti": "(absent)", "uti": "x", "client_id": "(absent)", "nbf": "now"}
--- vars
subject: user-oid
actor: aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa
tenant: 11111111-1111-1111-1111-111111111111
client: aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa
scope: Tickets.Read User.Read


=== TEST 2: the same token at another tenant's host
--- more_headers
Host: beta.example.com
--- signer: rsa
--- jose
{"typ": "JWT"}
--- claims
{"iss": "https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/v2.0",
 "tid": "11111111-1111-1111-1111-111111111111", "oid": "user-oid",
 "aud": "99999999-9999-9999-9999-999999999999", "ver": "2.0", "act": "(absent)",
 "azp": "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "scope": "(absent)", "scp": "Tickets.Read"}
--- reason: tenant_mismatch
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 3: tid and iss disagree
--- more_headers
Host: acme.example.com
--- signer: rsa
--- jose
{"typ": "JWT"}
--- claims
{"iss": "https://login.microsoftonline.com/22222222-2222-2222-2222-222222222222/v2.0",
 "tid": "11111111-1111-1111-1111-111111111111", "oid": "user-oid",
 "aud": "99999999-9999-9999-9999-999999999999", "ver": "2.0", "act": "(absent)",
 "azp": "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "scope": "(absent)", "scp": "Tickets.Read"}
--- reason: tenant_conflict
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 4: a tenant that is not a customer
--- more_headers
Host: acme.example.com
--- signer: rsa
--- jose
{"typ": "JWT"}
--- claims
{"iss": "https://login.microsoftonline.com/33333333-3333-3333-3333-333333333333/v2.0",
 "tid": "33333333-3333-3333-3333-333333333333", "oid": "user-oid",
 "aud": "99999999-9999-9999-9999-999999999999", "ver": "2.0", "act": "(absent)",
 "azp": "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "scope": "(absent)", "scp": "Tickets.Read"}
--- reason: tenant_not_allowed
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 5: an app by itself is direct
--- request
GET /direct
--- more_headers
Host: acme.example.com
--- signer: rsa
--- jose
{"typ": "JWT"}
--- claims
{"iss": "https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/v2.0",
 "tid": "11111111-1111-1111-1111-111111111111", "oid": "app-oid", "idtyp": "app",
 "aud": "99999999-9999-9999-9999-999999999999", "ver": "2.0", "act": "(absent)",
 "azp": "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "scope": "(absent)", "roles": ["Tickets.Read.All"]}
--- vars
depth: 0
subject: app-oid


=== TEST 6: and is not enough where an actor is required
--- request
GET /t
--- more_headers
Host: acme.example.com
--- signer: rsa
--- jose
{"typ": "JWT"}
--- claims
{"iss": "https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/v2.0",
 "tid": "11111111-1111-1111-1111-111111111111", "oid": "app-oid", "idtyp": "app",
 "aud": "99999999-9999-9999-9999-999999999999", "ver": "2.0", "act": "(absent)",
 "azp": "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "scope": "(absent)", "scp": "Tickets.Read"}
--- reason: actor_missing


=== TEST 7: an ID token of the same application
--- more_headers
Host: acme.example.com
--- signer: rsa
--- jose
{"typ": "JWT"}
--- claims
{"iss": "https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/v2.0",
 "tid": "11111111-1111-1111-1111-111111111111", "oid": "user-oid", "at_hash": "x",
 "aud": "99999999-9999-9999-9999-999999999999", "ver": "2.0", "act": "(absent)",
 "azp": "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "scope": "(absent)", "scp": "Tickets.Read"}
--- reason: type_not_allowed
--- challenge: Bearer realm="api", error="invalid_token"
