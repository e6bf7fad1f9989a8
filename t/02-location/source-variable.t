# The token comes from the variable that "token=" names, and from nowhere else.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: a header
--- policy
actor_token test token=$http_x_token;
--- more_headers
X-Token: $TOKEN


=== TEST 2: the value is the bare token
--- more_headers
X-Token: Bearer $TOKEN
--- reason: malformed_request


=== TEST 3: Authorization is not read
--- reason: missing
--- no_fingerprint


=== TEST 4: Authorization does not disturb
--- no_token
--- authorization: Basic dXNlcjpwYXNz
--- reason: missing


=== TEST 5: an empty header
--- no_token
--- raw_request eval
"GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Token: \r\n\r\n"
--- reason: missing


=== TEST 6: twice (standards 5: RFC 9110, section 5.3)
--- more_headers
X-Token: $TOKEN
X-Token: $TOKEN
--- reason: malformed_request


=== TEST 7: twice in other letters
--- more_headers
X-Token: $TOKEN
x-tOKEN: $TOKEN
--- reason: malformed_request


=== TEST 8: twice, one of them empty
--- raw_request eval
"GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Token: \$TOKEN\r\nX-Token: \r\n\r\n"
--- reason: malformed_request


=== TEST 9: no b64token
--- more_headers
X-Token: $TOKEN,$TOKEN
--- reason: malformed_request


=== TEST 10: a cookie
--- policy
actor_token test token=$cookie_session;
--- more_headers
Cookie: a=1; session=$TOKEN; b=2


=== TEST 11: another cookie
--- more_headers
Cookie: a=1; session2=$TOKEN; b=2
--- reason: missing
--- no_fingerprint


=== TEST 12: the cookie twice
--- more_headers
Cookie: session=$TOKEN; session=$TOKEN
--- reason: malformed_request


=== TEST 13: the cookie twice, with different values
--- more_headers
Cookie: session=$TOKEN; a=1; session=x
--- reason: malformed_request


=== TEST 14: in two Cookie fields
--- more_headers
Cookie: session=$TOKEN
Cookie: session=$TOKEN
--- reason: malformed_request


=== TEST 15: once, in the second of two fields
--- more_headers
Cookie: a=1
Cookie: session=$TOKEN


=== TEST 16: an empty cookie
--- no_token
--- more_headers
Cookie: session=
--- reason: missing


=== TEST 17: no cookies
--- no_token
--- reason: missing


=== TEST 18: a variable of a map
--- http_config
map $http_x_wrapped $unwrapped {
    "~^token:(?<bare>.*)$" $bare;
}
--- policy
actor_token test token=$unwrapped;
--- more_headers
X-Wrapped: token:$TOKEN


=== TEST 19: that is empty
--- no_token
--- more_headers
X-Wrapped: nothing
--- reason: missing


=== TEST 20: an argument is noticed
--- policy
actor_token test token=$arg_token; #<
--- request
GET /t?token=$TOKEN
--- logs_token
--- notice
$arg_token
will be logged


=== TEST 21: $request_uri is noticed
--- policy
actor_token test token=$request_uri; #<
--- reason: malformed
--- no_fingerprint
--- notice
$request_uri
will be logged


=== TEST 21a: all arguments are noticed
--- policy
actor_token test token=$args; #<
--- request
GET /t?$TOKEN
--- logs_token
--- notice
$args
will be logged


=== TEST 22: a header is not
--- policy
actor_token test token=$http_x_token;
--- more_headers
X-Token: $TOKEN
--- no_notice
$http_x_token


=== TEST 23: a cookie is not
--- policy
actor_token test token=$cookie_t;
--- more_headers
Cookie: t=$TOKEN
--- no_notice
$cookie_t


=== TEST 24: another variable is: nothing can be removed
--- policy
set $mine $http_x_token;
actor_token test token=$mine; #<
--- more_headers
X-Token: $TOKEN
--- notice
$mine


=== TEST 25: our own variables cannot hold the token
--- policy
actor_token test token=$actor_token_subject; #<
--- must_die
$actor_token_subject


=== TEST 26: not even in part
--- policy
actor_token test token=$actor_token_claim_x; #<
--- must_die
$actor_token_claim_x

