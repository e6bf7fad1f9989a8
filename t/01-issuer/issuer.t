# The "iss" of a token is compared byte for byte.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: the issuer itself
--- vars
issuer: https://login.acme.example
issuer_name: acme


=== TEST 2: a slash at the end makes another issuer (standards 27: RFC 9068, section 4)
--- claims
{"iss": "https://login.acme.example/"}
--- reason: untrusted_issuer


=== TEST 3: case is not ignored (standards 27: RFC 7519, section 4.1.1)
--- claims
{"iss": "https://LOGIN.acme.example"}
--- reason: untrusted_issuer


=== TEST 4: a prefix is not enough
--- claims
{"iss": "https://login.acme.exampl"}
--- reason: untrusted_issuer


=== TEST 5: nor is a longer name
--- claims
{"iss": "https://login.acme.example.evil.example"}
--- reason: untrusted_issuer


=== TEST 6: the default port is not added or removed
--- claims
{"iss": "https://login.acme.example:443"}
--- reason: untrusted_issuer


=== TEST 7: escapes in JSON are the characters they stand for
--- payload eval
ActorToken::Mint::payload() =~ s/login\.acme/login\\u002eacme/r
--- vars
issuer: https://login.acme.example


=== TEST 8: a NUL does not end the comparison
--- payload eval
ActorToken::Mint::payload() =~ s/login\.acme\.example/login.acme.example\\u0000/r
--- reason: untrusted_issuer


=== TEST 9: absent
--- claims
{"iss": "(absent)"}
--- reason: untrusted_issuer


=== TEST 10: null
--- claims
{"iss": null}
--- reason: untrusted_issuer


=== TEST 11: an array with the issuer in it
--- claims
{"iss": ["https://login.acme.example"]}
--- reason: untrusted_issuer


=== TEST 12: empty
--- claims
{"iss": ""}
--- reason: untrusted_issuer
