# What is signed must be one strict JSON object, of bounded depth.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: white space is harmless
--- payload eval
" \t\r\n" . payload() . " \n"


=== TEST 2: not JSON
--- payload: hello
--- reason: malformed


=== TEST 3: empty
--- payload eval
''
--- reason: malformed


=== TEST 4: an array
--- payload eval
'[' . payload() . ']'
--- reason: malformed


=== TEST 5: a string
--- payload: "x"
--- reason: malformed


=== TEST 6: a number
--- payload: 1
--- reason: malformed


=== TEST 7: null
--- payload: null
--- reason: malformed


=== TEST 8: something behind it (standards 9: RFC 7515, section 5.2)
--- payload eval
payload() . 'x'
--- reason: malformed


=== TEST 9: another object behind it
--- payload eval
payload() . payload({sub => 'admin'})
--- reason: malformed


=== TEST 10: a NUL behind it
--- payload eval
payload() . "\0"
--- reason: malformed


=== TEST 11: cut short
--- payload eval
my $p = payload(); chop $p; $p
--- reason: malformed


=== TEST 12: a byte order mark (standards 9: RFC 8259, section 8.1)
--- payload eval
"\xef\xbb\xbf" . payload()
--- reason: malformed


=== TEST 13: UTF-8
--- claims eval
{sub => "us\x{e9}r-\x{1f600}"}
--- reason: ok


=== TEST 14: a byte that is none
--- payload eval
payload() =~ s/user-1/user-\xff/r
--- reason: malformed


=== TEST 15: an overlong form
--- payload eval
payload() =~ s/user-1/user-\xc0\xaf/r
--- reason: malformed


=== TEST 16: a surrogate in UTF-8
--- payload eval
payload() =~ s/user-1/user-\xed\xa0\x80/r
--- reason: malformed


=== TEST 17: a lone surrogate as an escape (standards 9: RFC 8725, section 3.7)
--- payload eval
payload() =~ s/user-1/user-\\ud800/r
--- reason: malformed


=== TEST 18: a pair of them
--- payload eval
payload() =~ s/user-1/user-\\ud83d\\ude00/r


=== TEST 19: a member twice
--- payload eval
payload() =~ s/^\{/{"sub":"admin",/r
--- reason: malformed


=== TEST 20: a member twice, once escaped (standards 10: RFC 7519, section 4)
--- payload eval
payload() =~ s/^\{/{"s\\u0075b":"admin",/r
--- reason: malformed


=== TEST 21: a member twice, deep inside
--- payload eval
payload() =~ s/^\{/{"x":[{"y":{"a":1,"a":2}}],/r
--- reason: malformed


=== TEST 22: a member once, deep inside
--- payload eval
payload() =~ s/^\{/{"x":[{"y":{"a":1,"b":2}}],/r


=== TEST 23: a member twice in act
--- payload eval
payload({act => 1}) =~ s/"act":1/"act":{"sub":"a","sub":"b"}/r
--- reason: malformed


=== TEST 24: 32 levels
--- payload eval
payload() =~ s/^\{/'{"x":' . '[' x 31 . ']' x 31 . ','/re


=== TEST 25: 33 levels (standards 11: a decision of this module)
--- payload eval
payload() =~ s/^\{/'{"x":' . '[' x 32 . ']' x 32 . ','/re
--- reason: malformed


=== TEST 26: thousands
--- payload eval
payload() =~ s/^\{/'{"x":' . '[' x 2000 . ']' x 2000 . ','/re
--- reason: malformed


=== TEST 27: objects count as arrays do
--- payload eval
payload() =~ s/^\{/'{"x":' . '{"y":' x 32 . '1' . '}' x 32 . ','/re
--- reason: malformed


=== TEST 28: NaN
--- payload eval
payload() =~ s/^\{/{"x":NaN,/r
--- reason: malformed


=== TEST 29: a number beyond all bounds
--- payload eval
payload() =~ s/^\{/{"x":1e999,/r
--- reason: malformed


=== TEST 30: single quotes
--- payload eval
payload() =~ tr/"/'/r
--- reason: malformed


=== TEST 31: a comma too many
--- payload eval
payload() =~ s/\}\z/,}/r
--- reason: malformed


=== TEST 32: a comment
--- payload eval
payload() =~ s/^\{/{\/* *\//r
--- reason: malformed


=== TEST 33: a raw control character in a string
--- payload eval
payload() =~ s/user-1/user\n1/r
--- reason: malformed


=== TEST 34: a JOSE header that is an array
--- token eval
token(header => '["alg","ES256"]')
--- reason: malformed


=== TEST 35: a JOSE header with a member twice (standards 10: RFC 7515, section 4)
--- token eval
token(header => '{"alg":"ES256","kid":"acme","typ":"at+jwt","kid":"acme"}')
--- reason: malformed


=== TEST 36: once
--- token eval
token(header => '{"alg":"ES256","kid":"acme","typ":"at+jwt"}')


=== TEST 37: a JOSE header with alg twice, the escaped one first
--- token eval
token(header => '{"\u0061lg":"none","alg":"ES256","kid":"acme","typ":"at+jwt"}')
--- reason: malformed


=== TEST 38: a JOSE header too deep
--- token eval
token(header => '{"alg":"ES256","kid":"acme","typ":"at+jwt","x":' . '[' x 32 . ']' x 32 . '}')
--- reason: malformed


=== TEST 39: a JOSE header with something behind it
--- token eval
token(header => '{"alg":"ES256","kid":"acme","typ":"at+jwt"}x')
--- reason: malformed


=== TEST 40: a JOSE header that is not UTF-8
--- token eval
token(header => qq({"alg":"ES256","kid":"acme","typ":"at+jwt","x":"\xff"}))
--- reason: malformed


=== TEST 41: UTF-16 (standards 9: RFC 8725, section 3.7)
--- payload eval
use Encode (); Encode::encode('UTF-16BE', payload())
--- reason: malformed


=== TEST 42: UTF-16 in the other order
--- payload eval
Encode::encode('UTF-16LE', payload())
--- reason: malformed


=== TEST 43: UTF-16 with its mark
--- payload eval
Encode::encode('UTF-16', payload())
--- reason: malformed


=== TEST 44: UTF-32
--- payload eval
Encode::encode('UTF-32LE', payload())
--- reason: malformed


=== TEST 45: ISO 8859-1
--- payload eval
payload() =~ s/\}\z/,"name":"J\xf6rg"}/r
--- reason: malformed


=== TEST 46: the same as it should be
--- payload eval
payload() =~ s/\}\z/,"name":"J\xc3\xb6rg"}/r


=== TEST 47: wide (standards 11: a decision of this module)
--- http_config
large_client_header_buffers 4 32k;
--- policy
actor_token_max_size 24k;
--- payload eval
payload() =~ s/\}\z/',' . join(',', map { "\"$_\":[]" } 1 .. 1500) . '}'/re


=== TEST 48: as wide, with the last member twice
--- payload eval
payload() =~ s/\}\z/',' . join(',', map { "\"$_\":[]" } 1 .. 1500, 1500) . '}'/re
--- reason: malformed


=== TEST 49: the fault is named: a number
--- payload eval
payload() =~ s/\}\z/,"uid":9223372036854775808}/r
--- reason: malformed
--- logged: payload has a number that is too large


=== TEST 50: the largest there is
--- payload eval
payload() =~ s/\}\z/,"uid":9223372036854775807}/r


=== TEST 51: the fault is named: a member
--- payload eval
payload() =~ s/\}\z/,"sub":"user-1"}/r
--- reason: malformed
--- logged: payload has a member twice


=== TEST 52: the fault is named: no JSON
--- payload eval
payload() =~ s/\}\z/,}/r
--- reason: malformed
--- logged: payload is not JSON in strict UTF-8
