# Fields are found and removed wherever they stand among many.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: behind thirty others
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / { return 200 "[$http_authorization][$http_x_token][$http_x_1][$http_x_20][$http_x_21][$http_x_30][$http_x_60][$http_content_length]"; }
}
--- config
include rules.conf;
location = /t {
    actor_token test;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /header {
    actor_token test token=$http_x_token;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /after {
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /refused {
    actor_token test token=$http_x_token;
    error_page 400 401 = /after;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /own {
    actor_token test token=$http_authorization;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
--- more_headers eval
join("\n", (map { "X-$_: $_" } 1 .. 30), 'Authorization: Bearer $TOKEN')
--- response_body: [][][1][20][21][30][][]


=== TEST 2: before sixty others
--- more_headers eval
join("\n", 'Authorization: Bearer $TOKEN', (map { "X-$_: $_" } 1 .. 60))
--- response_body: [][][1][20][21][30][60][]


=== TEST 3: the first and only field
--- raw_request eval
"GET /t HTTP/1.1\r\nAuthorization: Bearer \$TOKEN\r\nHost: localhost\r\nConnection: close\r\n\r\n"
--- response_body: [][][][][][][][]


=== TEST 4: exactly at the end of a part of nginx's list
--- more_headers eval
join("\n", (map { "X-$_: $_" } 1 .. 17), 'Authorization: Bearer $TOKEN', (map { "X-$_: $_" } 18 .. 30))
--- response_body: [][][1][20][21][30][][]


=== TEST 5: at its beginning
--- more_headers eval
join("\n", (map { "X-$_: $_" } 1 .. 18), 'Authorization: Bearer $TOKEN', (map { "X-$_: $_" } 19 .. 30))
--- response_body: [][][1][20][21][30][][]


=== TEST 6: another header
--- request
GET /header
--- more_headers eval
join("\n", (map { "X-$_: $_" } 1 .. 30), 'X-Token: $TOKEN')
--- response_body: [][][1][20][21][30][][]


=== TEST 7: two of it, far from each other: both are gone
--- request
GET /refused
--- more_headers eval
join("\n", 'X-Token: $TOKEN', (map { "X-$_: $_" } 1 .. 30), 'x-token: $TOKEN')
--- reason: malformed_request
--- error_code: 200
--- response_body: [][][1][20][21][30][][]


=== TEST 8: side by side
--- request
GET /refused
--- more_headers eval
join("\n", (map { "X-$_: $_" } 1 .. 10), 'X-Token: $TOKEN', 'x-token: $TOKEN', 'X-TOKEN: $TOKEN', (map { "X-$_: $_" } 11 .. 30))
--- reason: malformed_request
--- error_code: 200
--- response_body: [][][1][20][21][30][][]


=== TEST 9: a request with a body keeps its length
--- request
POST /t
hello
--- response_body: [][][][][][][][5]


=== TEST 10: Authorization as the bare token
--- request
GET /own
--- authorization: $TOKEN
--- response_body: [][][][][][][][]


=== TEST 11: with a scheme it is no bare token
--- request
GET /own
--- reason: malformed_request


=== TEST 12: what nginx takes for the same name is the same name
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    underscores_in_headers on;
    location / { return 200 "[$http_x_token]"; }
}
underscores_in_headers on;
--- config
include rules.conf;
location = /t {
    actor_token test token=$http_x_token;
    error_page 400 401 = /after;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /after {
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
--- more_headers
X_Token: $TOKEN
--- response_body: []


=== TEST 13: and two of them are two
--- more_headers
X_Token: $TOKEN
X-Token: $TOKEN
--- reason: malformed_request
--- error_code: 200
--- response_body: []
