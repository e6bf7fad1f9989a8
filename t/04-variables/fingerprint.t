# The fingerprint, the only trace of a token that may be logged.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: the first 16 bytes of SHA-256, of an accepted token
--- token eval
$::Token = token()
--- vars eval
'fingerprint: ' . fingerprint($::Token)


=== TEST 2: of a rejected one
--- token eval
$::Token = token(claims => {aud => 'x'})
--- reason: audience_mismatch
--- logged eval
'fingerprint: ' . fingerprint($::Token)


=== TEST 3: of one that is no token
--- token: abc
--- reason: malformed
--- vars
fingerprint: ungWv48Bz-pBQUDeXa4iIw


=== TEST 4: of one that is too large
--- policy
actor_token_max_size 1k;
--- token eval
'a' x 2000
--- reason: too_large
--- vars eval
'fingerprint: ' . fingerprint('a' x 2000)


=== TEST 5: none without a token
--- no_token
--- reason: missing
--- vars
fingerprint:


=== TEST 6: none with two
--- authorization: Bearer $TOKEN $TOKEN
--- reason: malformed_request
--- vars
fingerprint:


=== TEST 7: of a token in a cookie
--- policy
actor_token test token=$cookie_t;
--- token eval
$::Token = token()
--- more_headers
Cookie: t=$TOKEN
--- vars eval
'fingerprint: ' . fingerprint($::Token)
