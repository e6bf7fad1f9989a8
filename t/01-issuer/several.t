# Every issuer has keys of its own.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: two issuers, two key sets: the first
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks shared-kid-a.jwks;
    tenant acme;
}
actor_token_issuer beta {
    issuer https://login.beta.example;
    jwks shared-kid-b.jwks;
    tenant acme;
}
--- conf_files eval
['shared-kid-a.jwks' => jwks(jwk('a', kid => 'k')),
 'shared-kid-b.jwks' => jwks(jwk('b', kid => 'k'))]
--- policy
actor_token_trust any;
--- signer: a
--- jose
{"kid": "k"}
--- vars
issuer_name: acme


=== TEST 2: the second
--- signer: b
--- jose
{"kid": "k"}
--- claims
{"iss": "https://login.beta.example"}
--- vars
issuer_name: beta
issuer: https://login.beta.example


=== TEST 3: the second's key does not sign for the first, though the kid fits (standards 17: RFC 8725, section 3.8)
--- signer: b
--- jose
{"kid": "k"}
--- reason: bad_signature
--- logged
issuer: "acme"
kid: "k"


=== TEST 4: nor the first's for the second
--- signer: a
--- jose
{"kid": "k"}
--- claims
{"iss": "https://login.beta.example"}
--- reason: bad_signature
--- logged
issuer: "beta"


=== TEST 5: nor without a kid
--- signer: b
--- jose
{"kid": "(absent)"}
--- reason: bad_signature


=== TEST 6: a set of the first alone has a kid that the token has not
--- signer: b
--- jose
{"kid": "b"}
--- reason: unknown_key
