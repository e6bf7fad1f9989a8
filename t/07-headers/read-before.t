# A variable that showed the token before the access phase does not keep it
# for upstreams.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: Authorization was read by "if"
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / { return 200 "[$http_x_copy]"; }
}
--- config
location = /authorization {
    include policy.conf;
    if ($http_authorization = "") { return 418; }
    proxy_set_header X-Copy $http_authorization;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
--- request
GET /authorization
--- response_body: []


=== TEST 2: and a rejected one, in the location of the error page
--- config
location = /t {
    include policy.conf;
    if ($http_authorization = "") { return 418; }
    error_page 401 = @refused;
    try_files /none =404;
}
location @refused {
    proxy_set_header X-Copy $http_authorization;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / { return 200 "[$http_x_copy]"; }
}
--- claims
{"aud": "x"}
--- reason: audience_mismatch
--- error_code: 200
--- response_body: []


=== TEST 3: with forward it stays
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / { return 200 "[$http_x_copy]"; }
}
--- config
location = /forward {
    include policy.conf;
    actor_token_forward on;
    if ($http_authorization = "") { return 418; }
    proxy_set_header X-Copy $http_authorization;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /header {
    include rules.conf;
    actor_token test token=$http_x_token;
    if ($http_x_token = "") { return 418; }
    proxy_set_header X-Copy "$http_x_token$http_x_other";
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /cookie {
    include rules.conf;
    actor_token test token=$cookie_token;
    if ($cookie_token = "") { return 418; }
    if ($http_cookie = "") { return 418; }
    proxy_set_header X-Copy "$cookie_token,$http_cookie";
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
--- request
GET /forward
--- response_body_like: ^\[Bearer ey


=== TEST 4: a header named by token=
--- request
GET /header
--- more_headers
X-Token: $TOKEN
X-Other: stays
--- response_body: [stays]


=== TEST 5: a cookie named by token=
--- request
GET /cookie
--- more_headers
Cookie: a=1; token=$TOKEN; b=2
--- response_body: [,a=1; b=2]
