# Which keys are tried for a token.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: by kid
--- issuer
jwks set.jwks;
--- conf_files eval
['set.jwks' => jwks(jwk('one'), jwk('two'), jwk('same-a', kid => 'same'), jwk('same-b', kid => 'same'))]
--- signer: two


=== TEST 2: the kid of another key of the set
--- signer: two
--- jose
{"kid": "one"}
--- reason: bad_signature


=== TEST 3: a kid that the set has not, and no key without one (standards 26: RFC 7515, section 5.2)
--- signer: two
--- jose
{"kid": "three"}
--- reason: unknown_key
--- logged
kid: "three"


=== TEST 4: case matters (standards 18: RFC 7515, section 4.1.4)
--- signer: two
--- jose
{"kid": "TWO"}
--- reason: unknown_key


=== TEST 5: a prefix is not enough
--- signer: two
--- jose
{"kid": "tw"}
--- reason: unknown_key


=== TEST 6: two keys of one kid: the first
--- signer: same-a
--- jose
{"kid": "same"}


=== TEST 7: the second
--- signer: same-b
--- jose
{"kid": "same"}


=== TEST 8: an empty kid is a kid
--- signer: two
--- jose
{"kid": ""}
--- reason: unknown_key


=== TEST 9: no kid in the token: all keys that fit, at most four
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks set.jwks;
    tenant acme;
}
--- conf_files eval
['set.jwks' => jwks(qw( rsa k1 p384 k2 k3 ed25519 k4 k5 ))]
--- signer: k1
--- jose
{"kid": "(absent)"}


=== TEST 10: the fourth that fits
--- signer: k4
--- jose
{"kid": "(absent)"}


=== TEST 11: the fifth is not tried (standards 21: a decision of this module)
--- signer: k5
--- jose
{"kid": "(absent)"}
--- reason: bad_signature


=== TEST 12: though its kid leads to it
--- signer: k5


=== TEST 13: keys that do not fit do not count: the eighth is the only one
--- signer: p384
--- jose
{"kid": "(absent)"}


=== TEST 14: no kid, and no key that fits
--- signer: p521
--- jose
{"kid": "(absent)"}
--- reason: unknown_key


=== TEST 15: a key without a kid serves a token whose kid is unknown
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks set.jwks;
    tenant acme;
}
--- conf_files eval
['set.jwks' => jwks(jwk('named', kid => 'named'), jwk('bare', kid => undef))]
--- signer: bare
--- jose
{"kid": "whatever"}


=== TEST 16: and one without a kid
--- signer: bare
--- jose
{"kid": "(absent)"}


=== TEST 17: but not one whose kid is another's
--- signer: bare
--- jose
{"kid": "named"}
--- reason: bad_signature


=== TEST 18: a named key does not serve an unknown kid
--- signer: named
--- jose
{"kid": "whatever"}
--- reason: bad_signature


=== TEST 19: a named key serves a token without a kid
--- signer: named
--- jose
{"kid": "(absent)"}


=== TEST 20: at most four of one kid
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks set.jwks;
    tenant acme;
}
--- conf_files eval
['set.jwks' => jwks(map { jwk("s$_", kid => 's') } 1 .. 5)]
--- signer: s4
--- jose
{"kid": "s"}


=== TEST 21: the fifth of them
--- signer: s5
--- jose
{"kid": "s"}
--- reason: bad_signature


=== TEST 22: at most four without one
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks set.jwks;
    tenant acme;
}
--- conf_files eval
['set.jwks' => jwks(map { jwk("s$_", kid => undef) } 1 .. 5)]
--- signer: s4


=== TEST 23: the fifth of them
--- signer: s5
--- reason: bad_signature


=== TEST 24: several files are one set
--- issuer
jwks one.jwks;
jwks two.jwks;
key three.pem alg=ES256 kid=three;
--- signer: one


=== TEST 25: the second
--- signer: two


=== TEST 26: a PEM file with a kid
--- signer: three


=== TEST 27: and the one of the block itself
--- signer: acme
