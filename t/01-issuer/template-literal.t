# A literal issuer comes before a template, and before trust is looked at.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: the literal block has the tenant it says
--- issuers
actor_token_issuer cloud {
    issuer "https://login.cloud.example/{tenant}/v2.0";
    jwks cloud.jwks;
}
actor_token_issuer guest {
    issuer https://login.cloud.example/guest/v2.0;
    jwks guest.jwks;
    tenant guests;
}
--- config
actor_token test;
actor_token_audience https://api.example.com;
actor_token_tenant off;
root html;
location = /any { actor_token_trust any; try_files /index.html =404; }
location = /cloud { actor_token_trust cloud; try_files /index.html =404; }
location = /guest { actor_token_trust guest; try_files /index.html =404; }
--- request
GET /any
--- signer: guest
--- claims
{"iss": "https://login.cloud.example/guest/v2.0"}
--- vars
issuer_name: guest
tenant: guests


=== TEST 2: the template's key does not sign for it
--- request
GET /any
--- signer: cloud
--- jose
{"kid": "guest"}
--- claims
{"iss": "https://login.cloud.example/guest/v2.0"}
--- reason: bad_signature
--- logged
issuer: "guest"


=== TEST 3: another label is the template's
--- request
GET /any
--- signer: cloud
--- claims
{"iss": "https://login.cloud.example/other/v2.0"}
--- vars
issuer_name: cloud
tenant: other


=== TEST 4: where the literal block is not trusted, its tokens are not the template's
--- request
GET /cloud
--- signer: cloud
--- claims
{"iss": "https://login.cloud.example/guest/v2.0"}
--- reason: untrusted_issuer


=== TEST 5: though others are
--- request
GET /cloud
--- signer: cloud
--- claims
{"iss": "https://login.cloud.example/other/v2.0"}
--- vars
issuer_name: cloud


=== TEST 6: where the template is not trusted, the literal block may be
--- request
GET /guest
--- signer: guest
--- claims
{"iss": "https://login.cloud.example/guest/v2.0"}
--- vars
issuer_name: guest


=== TEST 7: and the template's are refused
--- request
GET /guest
--- signer: cloud
--- claims
{"iss": "https://login.cloud.example/other/v2.0"}
--- reason: untrusted_issuer
