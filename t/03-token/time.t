# exp, nbf and iat.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: in time
--- claims
{"exp": "now+60", "nbf": "now-5", "iat": "now-5"}


=== TEST 2: expired (standards 35: RFC 7519, section 4.1.4)
--- claims
{"exp": "now-40", "iat": "now-100"}
--- reason: expired


=== TEST 3: exp absent (standards 35: RFC 9068, section 2.2)
--- claims
{"exp": "(absent)"}
--- reason: claim_missing
--- logged
exp


=== TEST 4: not yet valid (standards 35: RFC 7519, section 4.1.5)
--- claims
{"nbf": "now+100"}
--- reason: not_yet_valid


=== TEST 5: issued in the future
--- claims
{"iat": "now+100"}
--- reason: not_yet_valid


=== TEST 6: exp is shown in whole seconds
--- payload eval
my $exp = time + 60;
$::Exp = $exp;
payload() =~ s/"exp":\d+/"exp":$exp.75/r
--- vars eval
"expires: $::Exp"


=== TEST 7: an exponent
--- payload eval
payload({iat => '(absent)', nbf => 'now'}) =~ s/"exp":(\d+)/'"exp":' . $1 \/ 1e5 . 'e5'/re


=== TEST 8: negative
--- claims
{"exp": -1, "iat": -100}
--- reason: expired


=== TEST 9: zero
--- claims
{"exp": 0, "iat": 0}
--- reason: expired


=== TEST 10: far beyond what a time can hold
--- payload eval
payload() =~ s/"exp":\d+/"exp":1e300/r
--- reason: bad_claim


=== TEST 11: beyond 64 bits
--- payload eval
payload() =~ s/"exp":\d+/"exp":99999999999999999999999/r
--- reason: malformed


=== TEST 12: the greatest of 64 bits does not wrap around (standards 35: RFC 7519, section 2)
--- payload eval
payload() =~ s/"exp":\d+/"exp":9223372036854775807/r
--- reason: bad_claim


=== TEST 13: an iat so far back that the difference would
--- payload eval
payload() =~ s/"iat":\d+/"iat":-9223372036854775808/r
--- reason: bad_claim


=== TEST 14: a part of a second too long
--- issuer
max_lifetime 100s;
--- payload eval
my $iat = time - 10;
payload({nbf => '(absent)'}) =~ s/"iat":\d+/"iat":$iat/r =~ s/"exp":\d+/'"exp":' . ($iat + 100) . '.01'/er
--- reason: lifetime_exceeded
--- logged
expected: 100, got: 101


=== TEST 15: but not one that is there at both ends
--- issuer
max_lifetime 100s;
--- payload eval
my $iat = time - 10;
payload({nbf => '(absent)'}) =~ s/"iat":\d+/"iat":$iat.5/r =~ s/"exp":\d+/'"exp":' . ($iat + 100) . '.5'/er
