# The token is taken out of the request before an upstream sees it: grpc; and
# HTTP/2 requests are checked as others are.

use lib 't/lib';
use Test::Nginx::ActorToken;

if (!nginx_has('http_v2_module')) {
    Test::More::plan(skip_all => 'no HTTP/2 in this nginx');
}

run_tests();

__DATA__

=== TEST 1: grpc
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock http2;
    access_log off;
    location / { return 200 "authorization=[$http_authorization] cookie=[$http_cookie] x-token=[$http_x_token] other=[$http_x_other]"; }
}
--- config
include policy.conf;
location = /t {
    grpc_pass unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /forward {
    actor_token_forward on;
    grpc_pass unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /header {
    actor_token test token=$http_x_token;
    grpc_pass unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /cookie {
    actor_token test token=$cookie_session;
    grpc_pass unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
--- more_headers
X-Other: stays
Cookie: a=1
--- response_body: authorization=[] cookie=[a=1] x-token=[] other=[stays]


=== TEST 2: grpc, forwarded
--- request
GET /forward
--- response_body_like: ^authorization=\[Bearer ey


=== TEST 3: grpc, a header
--- request
GET /header
--- more_headers
X-Token: $TOKEN
X-Other: stays
--- response_body: authorization=[] cookie=[] x-token=[] other=[stays]


=== TEST 4: grpc, a cookie
--- request
GET /cookie
--- more_headers
Cookie: a=1; session=$TOKEN; b=2
--- response_body: authorization=[] cookie=[a=1; b=2] x-token=[] other=[]


=== TEST 5: a request by HTTP/2
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/h2.sock http2;
    include policy.conf;
    location / { proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock; }
}
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / { return 200 "authorization=[$http_authorization] other=[$http_x_other]"; }
}
--- config
location = /t {
    access_log off;
    grpc_pass unix:$TEST_NGINX_SERVER_ROOT/logs/h2.sock;
}
--- more_headers
X-Other: stays
--- response_body: authorization=[] other=[stays]
--- vars
subject: user-1


=== TEST 6: that is refused
--- claims
{"aud": "x"}
--- reason: audience_mismatch


=== TEST 7: that has no token
--- no_token
--- reason: missing
