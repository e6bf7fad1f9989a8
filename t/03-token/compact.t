# Three segments of strict base64url, or the token is malformed.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: a token as it should be
--- vars
subject: user-1


=== TEST 2: one segment
--- token: abcdefghijkl
--- reason: malformed


=== TEST 3: two segments
--- token eval
(token() =~ /(.*)\./)[0]
--- reason: malformed


=== TEST 4: an empty signature
--- token eval
token() =~ s/[^.]*\z//r
--- reason: malformed


=== TEST 5: four segments
--- token eval
token() . '.abcd'
--- reason: malformed


=== TEST 6: a dot at the end
--- token eval
token() . '.'
--- reason: malformed


=== TEST 7: an empty header
--- token eval
token() =~ s/^[^.]*//r
--- reason: malformed


=== TEST 8: an empty payload
--- token eval
token() =~ s/\.[^.]*\./../r
--- reason: malformed


=== TEST 9: five segments, as an encrypted token has (standards 7: RFC 7519, section 1)
--- token eval
join '.', map { b64u('{"alg":"dir","enc":"A256GCM"}') } 1 .. 5
--- reason: malformed


=== TEST 10: padding (standards 8: RFC 7515, section 2)
--- token eval
token() =~ s/\.([^.]*)\z/.$1=/r
--- reason: malformed


=== TEST 11: the other alphabet
--- token eval
my $t = token();
$t =~ s/^(....)./$1+/r
--- reason: malformed


=== TEST 12: the other alphabet's slash
--- token eval
my $t = token();
$t =~ s/^(....)./$1\//r
--- reason: malformed


=== TEST 13: a tilde, that b64token allows
--- token eval
token() =~ s/^(....)./$1~/r
--- reason: malformed


=== TEST 14: trailing bits of the signature (standards 8: RFC 4648, section 3.5)
--- token eval
# 64 bytes are 86 characters, the last of which has four bits to spare
my $t = token();
my $last = chop $t;
my $alphabet = join '', 'A' .. 'Z', 'a' .. 'z', 0 .. 9, '-_';
$t . substr $alphabet, index($alphabet, $last) + 1, 1
--- reason: malformed


=== TEST 15: trailing bits of the header
--- token eval
my $t = token(header => '{"alg":"ES256","kid":"acme","typ":"at+jwt"}');
my ($h, $rest) = $t =~ /^([^.]*)(\..*)$/;
my $alphabet = join '', 'A' .. 'Z', 'a' .. 'z', 0 .. 9, '-_';
my $last = chop $h;
length($h) % 4 != 3 or die 'no bits to spare';
$h . substr($alphabet, index($alphabet, $last) + 1, 1) . $rest
--- reason: malformed


=== TEST 16: trailing bits of the payload
--- token eval
my $payload = payload();
$payload .= ' ' while length($payload) % 3 != 1;
my $t = token(payload => $payload);
my ($h, $p, $s) = split /\./, $t;
my $alphabet = join '', 'A' .. 'Z', 'a' .. 'z', 0 .. 9, '-_';
my $last = chop $p;
join '.', $h, $p . substr($alphabet, index($alphabet, $last) + 1, 1), $s
--- reason: malformed


=== TEST 17: a length that base64 does not have
--- token eval
my ($h, $p, $s) = split /\./, token();
$s .= 'A' while length($s) % 4 != 1;
"$h.$p.$s"
--- reason: malformed


=== TEST 18: a header that is a JSON serialization (standards 7: RFC 7515, section 3.2)
--- token eval
b64u('{"payload":"","signatures":[]}') . '.' . b64u(payload()) . '.AAAA'
--- reason: malformed


=== TEST 19: only dots
--- token: ..
--- reason: malformed
