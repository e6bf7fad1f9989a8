# HMAC secrets.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: a file with the raw bytes
--- issuer
algorithms HS256 ES256;
key hs256.secret alg=HS256 kid=s;
--- signer: hs256
--- jose
{"kid": "s"}


=== TEST 2: the ES256 key still verifies
--- signer: acme


=== TEST 3: but is no secret
--- token eval
my $input = b64u('{"alg":"HS256","kid":"acme","typ":"at+jwt"}') . '.' . b64u(payload());
"$input." . b64u(Crypt::Mac::HMAC::hmac('SHA256', key_pem('acme'), $input))
--- reason: unknown_key


=== TEST 4: every byte counts, a NUL too
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    tenant acme;
    algorithms HS256;
    key nul.secret alg=HS256;
}
--- conf_files eval
['nul.secret' => ["0123456789abcdef\0" . 'x' x 31, 0600]]
--- token eval
my $input = b64u('{"alg":"HS256","typ":"at+jwt"}') . '.' . b64u(payload());
"$input." . b64u(Crypt::Mac::HMAC::hmac('SHA256', "0123456789abcdef\0" . 'x' x 31, $input))


=== TEST 5: cut at the NUL it is another
--- token eval
my $input = b64u('{"alg":"HS256","typ":"at+jwt"}') . '.' . b64u(payload());
"$input." . b64u(Crypt::Mac::HMAC::hmac('SHA256', "0123456789abcdef", $input))
--- reason: bad_signature


=== TEST 6: without the algorithm in the list
--- issuer
key hs256.secret alg=HS256; #<
--- must_die
HS256


=== TEST 7: a list with another
--- issuer
algorithms HS384 ES256;
key hs256.secret alg=HS256; #<
--- must_die
HS256


=== TEST 8: a secret that is too short (standards 19: RFC 7518, section 3.2)
--- issuer
algorithms HS256 ES256;
key short.secret alg=HS256; #<
--- conf_files eval
['short.secret' => ['x' x 31, 0600]]
--- must_die
short.secret


=== TEST 9: long enough for HS256, not for HS512
--- issuer
algorithms HS512 ES256;
key short.secret alg=HS512; #<
--- conf_files eval
['short.secret' => ['x' x 63, 0600]]
--- must_die
short.secret


=== TEST 10: readable by others
--- issuer
algorithms HS256 ES256;
key open.secret alg=HS256; #<
--- conf_files eval
['open.secret' => ['x' x 32, 0644]]
--- must_die
open.secret


=== TEST 11: one secret under two issuers
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    tenant acme;
    algorithms HS256;
    key hs256.secret alg=HS256;
}
actor_token_issuer beta {
    issuer https://login.beta.example;
    tenant beta;
    algorithms HS256;
    key copy.secret alg=HS256;
}
--- conf_files eval
['copy.secret' => [secret('hs256'), 0600]]
--- must_die
HMAC secret
acme
beta


=== TEST 11a: the same to HMAC, which fills secrets up with zeros
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    tenant acme;
    algorithms HS256;
    key hs256.secret alg=HS256;
}
actor_token_issuer beta {
    issuer https://login.beta.example;
    tenant beta;
    algorithms HS256;
    key copy.secret alg=HS256;
}
--- conf_files eval
['copy.secret' => [secret('hs256') . "\0\0", 0600]]
--- must_die
HMAC secret
acme
beta


=== TEST 11b: a zero in front is another
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    tenant acme;
    algorithms HS256;
    key hs256.secret alg=HS256;
}
actor_token_issuer beta {
    issuer https://login.beta.example;
    tenant beta;
    algorithms HS256;
    key copy.secret alg=HS256;
}
--- conf_files eval
['copy.secret' => ["\0" . secret('hs256'), 0600]]
--- signer: hs256


=== TEST 12: a secret that ends in a newline is noticed
--- issuer
algorithms HS256 ES256;
key nl.secret alg=HS256; #<
--- conf_files eval
['nl.secret' => ['x' x 40 . "\n", 0600]]
--- notice
nl.secret


=== TEST 13: one that does not is not
--- issuer
algorithms HS256 ES256;
key plain.secret alg=HS256;
--- conf_files eval
['plain.secret' => ['x' x 40, 0600]]
--- no_notice
plain.secret


=== TEST 14: the newline is part of it
--- issuer
algorithms HS256 ES256;
key nl.secret alg=HS256;
--- conf_files eval
['nl.secret' => ['x' x 40 . "\n", 0600]]
--- token eval
my $input = b64u('{"alg":"HS256","typ":"at+jwt"}') . '.' . b64u(payload());
"$input." . b64u(Crypt::Mac::HMAC::hmac('SHA256', 'x' x 40 . "\n", $input))


=== TEST 15: oct keys of a JWK Set, where HMAC is named
--- issuer
algorithms HS256 ES256;
jwks oct.jwks;
--- conf_files eval
['oct.jwks' => [jwks(jwk('hs256')), 0600]]
--- signer: hs256


=== TEST 16: where it is not
--- issuer
jwks oct.jwks; #<
--- conf_files eval
['oct.jwks' => [jwks(jwk('hs256')), 0600]]
--- must_die
oct.jwks


=== TEST 17: a short one
--- issuer
algorithms HS256 ES256;
jwks oct.jwks; #<
--- conf_files eval
['oct.jwks' => [jwks({kty => 'oct', kid => 'o', k => b64u('x' x 31)}), 0600]]
--- must_die
oct.jwks


=== TEST 18: a set with secrets that others can read
--- issuer
algorithms HS256 ES256;
jwks oct.jwks; #<
--- conf_files eval
['oct.jwks' => [jwks(jwk('hs256')), 0644]]
--- must_die
oct.jwks


=== TEST 19: public keys beside a secret, which are not watched either
--- issuer
algorithms HS256 ES256;
jwks both.jwks; #<
--- conf_files eval
['both.jwks' => [jwks(jwk('hs256'), jwk('other')), 0600]]
--- notice
both.jwks" of issuer "acme" holds a secret


=== TEST 20: secrets alone
--- issuer
algorithms HS256 ES256;
jwks oct.jwks;
--- conf_files eval
['oct.jwks' => [jwks(jwk('hs256')), 0600]]
--- no_notice
oct.jwks
