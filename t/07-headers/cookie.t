# A cookie that holds the token is taken out, and no other.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: in the middle
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / { return 200 "[$http_cookie]"; }
}
--- config
include rules.conf;
actor_token test token=$cookie_session;
location = /t {
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /forward {
    actor_token_forward on;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /refused {
    actor_token_audience https://other.example;
    error_page 400 401 = /after;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /after {
    actor_token off;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
--- more_headers
Cookie: a=1; session=$TOKEN; b=2
--- response_body: [a=1; b=2]


=== TEST 2: the first
--- more_headers
Cookie: session=$TOKEN; b=2
--- response_body: [b=2]


=== TEST 3: the last
--- more_headers
Cookie: a=1; session=$TOKEN
--- response_body: [a=1]


=== TEST 4: the only one
--- more_headers
Cookie: session=$TOKEN
--- response_body: []


=== TEST 5: names that begin or end alike stay
--- more_headers
Cookie: xsession=1; session=$TOKEN; session2=2
--- response_body: [xsession=1; session2=2]


=== TEST 6: no space behind the semicolon
--- more_headers
Cookie: a=1;session=$TOKEN;b=2
--- response_body_like: ^\[a=1; ?b=2\]$


=== TEST 7: a value that looks like it
--- more_headers
Cookie: a="session=1"; session=$TOKEN
--- response_body: [a="session=1"]


=== TEST 8: in the second of two fields
--- more_headers
Cookie: a=1
Cookie: session=$TOKEN
--- response_body_like: ^\[a=1\]$


=== TEST 9: in the first of two fields
--- more_headers
Cookie: session=$TOKEN
Cookie: b=2
--- response_body_like: ^\[b=2\]$


=== TEST 10: forwarded
--- request
GET /forward
--- more_headers
Cookie: a=1; session=$TOKEN; b=2
--- response_body_like: ^\[a=1; session=ey[^;]*; b=2\]$


=== TEST 11: a rejected one
--- request
GET /refused
--- more_headers
Cookie: a=1; session=$TOKEN; b=2
--- reason: audience_mismatch
--- error_code: 200
--- response_body: [a=1; b=2]


=== TEST 12: one that comes twice
--- request
GET /refused
--- more_headers
Cookie: a=1; session=$TOKEN; b=2; session=$TOKEN
--- reason: malformed_request
--- error_code: 200
--- response_body: [a=1; b=2]


=== TEST 13: another cookie only
--- request
GET /refused
--- no_token
--- more_headers
Cookie: a=1; b=2
--- reason: missing
--- error_code: 200
--- response_body: [a=1; b=2]


=== TEST 14: nginx finds cookies in any case, and what it finds is removed
--- more_headers
Cookie: a=1; SESSION=$TOKEN
--- response_body: [a=1]


=== TEST 15: a space behind the name
--- more_headers
Cookie: a=1; session =$TOKEN; b=2
--- response_body: [a=1; b=2]


=== TEST 16: behind a comma
--- more_headers
Cookie: a=1,session=$TOKEN; b=2
--- response_body_like: ^\[a=1, ?b=2\]$
