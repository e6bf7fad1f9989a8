# A templated issuer: the label in "iss" is the tenant.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: a path segment
--- issuers
actor_token_issuer cloud {
    issuer "https://login.cloud.example/{tenant}/v2.0";
    jwks acme.jwks;
}
actor_token_issuer hosts {
    issuer "https://{tenant}.idp.example/";
    jwks acme.jwks;
}
actor_token_issuer last {
    issuer "https://realms.example/realms/{tenant}";
    jwks acme.jwks;
}
--- policy
actor_token_trust any;
actor_token_tenant $arg_tenant;
--- request
GET /t?tenant=acme
--- claims
{"iss": "https://login.cloud.example/acme/v2.0"}
--- vars
tenant: acme
issuer: https://login.cloud.example/acme/v2.0
issuer_name: cloud


=== TEST 2: another tenant of the same issuer
--- request
GET /t?tenant=beta
--- claims
{"iss": "https://login.cloud.example/beta/v2.0"}
--- vars
tenant: beta


=== TEST 3: that is not the request's
--- request
GET /t?tenant=acme
--- claims
{"iss": "https://login.cloud.example/beta/v2.0"}
--- reason: tenant_mismatch
--- audit
{"tenant": "beta", "sub": "user-1", "iss": "https://login.cloud.example/beta/v2.0"}


=== TEST 4: a host label
--- request
GET /t?tenant=acme
--- claims
{"iss": "https://acme.idp.example/"}
--- vars
tenant: acme
issuer_name: hosts


=== TEST 5: a host label has no dot
--- request
GET /t?tenant=a.b
--- claims
{"iss": "https://a.b.idp.example/"}
--- reason: untrusted_issuer


=== TEST 6: a path segment may have dots, dashes and underscores
--- request
GET /t?tenant=0a.b-c_D
--- claims
{"iss": "https://login.cloud.example/0a.b-c_D/v2.0"}
--- vars
tenant: 0a.b-c_D


=== TEST 7: but does not begin with one
--- request
GET /t?tenant=.a
--- claims
{"iss": "https://login.cloud.example/.a/v2.0"}
--- reason: untrusted_issuer


=== TEST 8: a dash at the beginning
--- request
GET /t?tenant=-a
--- claims
{"iss": "https://login.cloud.example/-a/v2.0"}
--- reason: untrusted_issuer


=== TEST 9: an empty label
--- request
GET /t?tenant=
--- claims
{"iss": "https://login.cloud.example//v2.0"}
--- reason: untrusted_issuer


=== TEST 10: a label is one segment
--- request
GET /t?tenant=a/b
--- claims
{"iss": "https://login.cloud.example/a/b/v2.0"}
--- reason: untrusted_issuer


=== TEST 11: no escapes
--- request
GET /t?tenant=a%2Fb
--- claims
{"iss": "https://login.cloud.example/a%2Fb/v2.0"}
--- reason: untrusted_issuer


=== TEST 12: the longest label
--- request eval
'GET /t?tenant=' . 'a' x 128
--- claims eval
{iss => 'https://login.cloud.example/' . 'a' x 128 . '/v2.0'}
--- vars eval
'tenant: ' . 'a' x 128


=== TEST 13: a longer one
--- request eval
'GET /t?tenant=' . 'a' x 129
--- claims eval
{iss => 'https://login.cloud.example/' . 'a' x 129 . '/v2.0'}
--- reason: untrusted_issuer


=== TEST 14: what follows the label must follow
--- request
GET /t?tenant=acme
--- claims
{"iss": "https://login.cloud.example/acme/v2.1"}
--- reason: untrusted_issuer


=== TEST 15: and nothing after it
--- request
GET /t?tenant=acme
--- claims
{"iss": "https://login.cloud.example/acme/v2.0/"}
--- reason: untrusted_issuer


=== TEST 16: what precedes it must precede
--- request
GET /t?tenant=acme
--- claims
{"iss": "http://login.cloud.example/acme/v2.0"}
--- reason: untrusted_issuer


=== TEST 17: the rest is compared with its case
--- request
GET /t?tenant=acme
--- claims
{"iss": "https://login.cloud.example/acme/V2.0"}
--- reason: untrusted_issuer


=== TEST 18: so is the label
--- request
GET /t?tenant=acme
--- claims
{"iss": "https://login.cloud.example/ACME/v2.0"}
--- reason: tenant_mismatch


=== TEST 19: a template that ends in the label
--- request
GET /t?tenant=acme
--- claims
{"iss": "https://realms.example/realms/acme"}
--- vars
tenant: acme
issuer_name: last


=== TEST 20: goes no further
--- request
GET /t?tenant=acme
--- claims
{"iss": "https://realms.example/realms/acme/"}
--- reason: untrusted_issuer


=== TEST 21: the template itself is no issuer
--- request
GET /t?tenant=acme
--- claims
{"iss": "https://login.cloud.example/{tenant}/v2.0"}
--- reason: untrusted_issuer


=== TEST 22: a NUL in the label
--- request
GET /t?tenant=acme
--- claims eval
{iss => "https://login.cloud.example/acme\0/v2.0"}
--- reason: untrusted_issuer
