# Where the token is looked for.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: Authorization: Bearer
--- authorization: Bearer $TOKEN


=== TEST 2: the scheme in lower case (standards 1: RFC 6750, section 2.1)
--- authorization: bearer $TOKEN


=== TEST 3: in upper case
--- authorization: BEARER $TOKEN


=== TEST 4: several spaces
--- authorization: Bearer   $TOKEN


=== TEST 5: no Authorization
--- no_token
--- reason: missing


=== TEST 6: another scheme
--- no_token
--- authorization: Basic dXNlcjpwYXNz
--- reason: missing


=== TEST 7: a scheme that begins alike
--- no_token
--- authorization: Bearers abc
--- reason: missing


=== TEST 8: DPoP is another scheme (standards 3: RFC 9449, section 7.1)
--- authorization: DPoP $TOKEN
--- reason: missing
--- no_fingerprint


=== TEST 9: an empty Authorization
--- no_token
--- raw_request eval
"GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: \r\n\r\n"
--- reason: missing


=== TEST 10: Bearer alone
--- no_token
--- authorization: Bearer
--- reason: malformed_request


=== TEST 11: Bearer and spaces
--- no_token
--- raw_request eval
"GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer   \r\n\r\n"
--- reason: malformed_request


=== TEST 12: two tokens
--- authorization: Bearer $TOKEN $TOKEN
--- reason: malformed_request


=== TEST 13: separated by a comma
--- authorization: Bearer $TOKEN,$TOKEN
--- reason: malformed_request


=== TEST 14: a parameter behind it
--- authorization: Bearer $TOKEN; x=y
--- reason: malformed_request


=== TEST 15: spaces behind it are not part of the header
--- raw_request eval
"GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer \$TOKEN  \r\n\r\n"


=== TEST 16: quotes
--- authorization: Bearer "$TOKEN"
--- reason: malformed_request


=== TEST 17: a name is no b64token
--- no_token
--- authorization: Bearer token=abc
--- reason: malformed_request


=== TEST 18: a b64token that is no JWT
--- token: abc+/~._-==
--- reason: malformed


=== TEST 19: padding alone
--- no_token
--- authorization: Bearer ==
--- reason: malformed_request


=== TEST 20: bytes above ASCII
--- no_token
--- raw_request eval
"GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer a\xc3\xa4b\r\n\r\n"
--- reason: malformed_request


=== TEST 21: two Authorization fields are refused by nginx itself (standards 2: RFC 6750, sections 2 and 3.1)
--- raw_request eval
"GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer \$TOKEN\r\nAuthorization: Bearer \$TOKEN\r\n\r\n"
--- reason: -
--- error_code: 400
--- no_fingerprint
--- logs_token


=== TEST 22: the query is never read (standards 2: RFC 9700, section 4.3.2)
--- request
GET /t?access_token=$TOKEN
--- reason: missing
--- no_fingerprint
--- logs_token


=== TEST 23: nor a body (standards 2: RFC 6750, section 2.2)
--- request
POST /t
access_token=$TOKEN
--- more_headers
Content-Type: application/x-www-form-urlencoded
--- reason: missing
--- no_fingerprint


=== TEST 24: tabs around a value are no part of it
--- raw_request eval
"GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
. "Authorization:\t \tBearer \$TOKEN\t \r\n\r\n"


=== TEST 25: tabs behind the scheme are no separator
--- authorization eval: "Bearer\t\$TOKEN"
--- reason: malformed_request
