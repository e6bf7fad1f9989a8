# A JWK with an "issuer" member verifies only tokens of that issuer.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: a templated block; the key's issuer has {tenantid}
--- issuers
actor_token_issuer cloud {
    issuer "https://login.cloud.example/{tenant}/v2.0";
    jwks set.jwks;
}
actor_token_issuer literal {
    issuer https://login.cloud.example/consumers/v2.0;
    jwks literal.jwks;
    tenant consumers;
}
--- conf_files eval
['set.jwks' => jwks(
    jwk('any', issuer => 'https://login.cloud.example/{tenantid}/v2.0'),
    jwk('acme', issuer => 'https://login.cloud.example/acme/v2.0'),
    jwk('beta', issuer => 'https://login.cloud.example/beta/v2.0'),
    jwk('v1', issuer => 'https://login.cloud.example/{tenantid}/'),
    jwk('free')),
 'literal.jwks' => jwks(
    jwk('l-any', issuer => 'https://login.cloud.example/{tenantid}/v2.0'),
    jwk('l-exact', issuer => 'https://login.cloud.example/consumers/v2.0'),
    jwk('l-other', issuer => 'https://login.cloud.example/acme/v2.0'))]
--- policy
actor_token_trust any;
actor_token_tenant $arg_tenant;
--- request
GET /t?tenant=acme
--- signer: any
--- claims
{"iss": "https://login.cloud.example/acme/v2.0"}


=== TEST 2: for every tenant
--- request
GET /t?tenant=beta
--- signer: any
--- claims
{"iss": "https://login.cloud.example/beta/v2.0"}


=== TEST 3: the key of one tenant
--- request
GET /t?tenant=acme
--- signer: acme
--- claims
{"iss": "https://login.cloud.example/acme/v2.0"}


=== TEST 4: does not sign for another (standards 29: Entra ID, signing keys)
--- request
GET /t?tenant=acme
--- signer: beta
--- claims
{"iss": "https://login.cloud.example/acme/v2.0"}
--- reason: unknown_key


=== TEST 5: nor does one of another form
--- request
GET /t?tenant=acme
--- signer: v1
--- claims
{"iss": "https://login.cloud.example/acme/v2.0"}
--- reason: unknown_key


=== TEST 6: without a kid, keys of others are not tried
--- request
GET /t?tenant=acme
--- signer: beta
--- jose
{"kid": "(absent)"}
--- claims
{"iss": "https://login.cloud.example/acme/v2.0"}
--- reason: bad_signature


=== TEST 7: a key without the member is for all
--- request
GET /t?tenant=acme
--- signer: free
--- claims
{"iss": "https://login.cloud.example/acme/v2.0"}


=== TEST 8: a literal block: {tenantid} is any label
--- request
GET /t?tenant=consumers
--- signer: l-any
--- claims
{"iss": "https://login.cloud.example/consumers/v2.0"}


=== TEST 9: the issuer itself
--- request
GET /t?tenant=consumers
--- signer: l-exact
--- claims
{"iss": "https://login.cloud.example/consumers/v2.0"}


=== TEST 10: another
--- request
GET /t?tenant=consumers
--- signer: l-other
--- claims
{"iss": "https://login.cloud.example/consumers/v2.0"}
--- reason: unknown_key


=== TEST 11: the label that {tenantid} stands for is the one that the block captured
--- issuers
actor_token_issuer hosts {
    issuer "https://{tenant}.idp.example/common";
    jwks set.jwks;
}
--- conf_files eval
['set.jwks' => jwks(
    jwk('right', issuer => 'https://{tenantid}.idp.example/common'),
    jwk('wrong', issuer => 'https://acme.idp.example/{tenantid}'))]
--- signer: right
--- claims
{"iss": "https://acme.idp.example/common"}


=== TEST 12: and no other label that would fit
--- signer: wrong
--- claims
{"iss": "https://acme.idp.example/common"}
--- reason: unknown_key
