# The allow-list of algorithms.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: one of the list
--- issuer
algorithms RS256 ES256;
jwks rsa.jwks;
--- vars
subject: user-1


=== TEST 2: the other
--- signer: rsa/RS256


=== TEST 3: the same key with an algorithm that is not listed (standards 14: RFC 8725, section 3.1)
--- signer: rsa/PS256
--- reason: algorithm_not_allowed
--- logged
issuer: "acme"
PS256


=== TEST 4: a longer hash that is not listed
--- signer: rsa/RS384
--- reason: algorithm_not_allowed


=== TEST 5: case matters (standards 14: RFC 7515, section 4.1.1)
--- jose
{"alg": "es256"}
--- reason: algorithm_not_allowed


=== TEST 6: none (standards 15: RFC 9068, section 4)
--- token eval
unsigned()
--- reason: algorithm_not_allowed


=== TEST 7: none, with a signature
--- jose
{"alg": "none"}
--- reason: algorithm_not_allowed


=== TEST 8: other spellings of none (standards 15: RFC 8725, section 3.2)
--- jose
{"alg": "nOnE"}
--- reason: algorithm_not_allowed


=== TEST 9: an unknown one
--- jose
{"alg": "XX999"}
--- reason: algorithm_not_allowed


=== TEST 10: one that encrypts
--- jose
{"alg": "RSA-OAEP"}
--- reason: algorithm_not_allowed


=== TEST 11: an empty one
--- jose
{"alg": ""}
--- reason: algorithm_not_allowed


=== TEST 12: HMAC is not among the defaults
--- signer: hs256
--- reason: algorithm_not_allowed


=== TEST 13: not even with the public key as the secret (standards 19: RFC 8725, section 3.1)
--- token eval
my $input = b64u('{"alg":"HS256","kid":"rsa","typ":"at+jwt"}') . '.' . b64u(payload());
"$input." . b64u(Crypt::Mac::HMAC::hmac('SHA256', key_pem('rsa'), $input));
--- reason: algorithm_not_allowed


=== TEST 14: none in the list
--- issuer
algorithms none; #<
--- must_die
none


=== TEST 15: an unknown one in the list
--- issuer
algorithms ES256 ES255; #<
--- must_die
ES255


=== TEST 16: a name in lower case
--- issuer
algorithms es256; #<
--- must_die
es256


=== TEST 17: a list that no key fits
--- issuer
algorithms RS256;
--- must_die
acme.jwks


=== TEST 18: a second list
--- issuer
algorithms ES256;
algorithms RS256; #<
--- must_die
"algorithms" directive is duplicate
