# The token is taken out of the request before an upstream sees it: proxy.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: Authorization is gone (standards 68: a decision of this module)
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / { return 200 "authorization=[$http_authorization] cookie=[$http_cookie] x-token=[$http_x_token] copy=[$http_x_copy] other=[$http_x_other]"; }
}
--- config
include policy.conf;
proxy_set_header X-Copy $http_authorization;
location = /t {
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /forward {
    actor_token_forward on;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location /parent {
    actor_token_forward on;
    location = /parent/off {
        actor_token_forward off;
        proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    }
    location = /parent/inherit {
        proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    }
}
location = /unprotected {
    actor_token off;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /satisfied {
    satisfy any;
    allow all;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /refused {
    error_page 401 403 = /unprotected;
    actor_token_scope admin;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /header {
    actor_token test token=$http_x_token;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
--- more_headers
X-Other: stays
Cookie: a=1
--- response_body: authorization=[] cookie=[a=1] x-token=[] copy=[] other=[stays]


=== TEST 2: unless it is forwarded
--- request
GET /forward
--- response_body_like eval
qr/^authorization=\[Bearer ey[^\]]*\] .* copy=\[Bearer ey/


=== TEST 3: off again
--- request
GET /parent/off
--- response_body_like: ^authorization=\[\]


=== TEST 4: inherited
--- request
GET /parent/inherit
--- response_body_like: ^authorization=\[Bearer ey


=== TEST 5: where the check is off, nothing is removed
--- request
GET /unprotected
--- reason: -
--- no_fingerprint
--- response_body_like: ^authorization=\[Bearer ey


=== TEST 6: another scheme is not ours
--- request
GET /satisfied
--- no_token
--- authorization: Basic dXNlcjpwYXNz
--- reason: missing
--- error_code: 200
--- challenge: -
--- response_body_like: ^authorization=\[Basic dXNlcjpwYXNz\]


=== TEST 7: a rejected token is gone where "satisfy any" lets the request pass
--- request
GET /satisfied
--- claims
{"aud": "x"}
--- reason: audience_mismatch
--- error_code: 200
--- challenge: -
--- response_body_like: ^authorization=\[\]


=== TEST 8: and in the location of an error page
--- request
GET /refused
--- claims
{"aud": "x"}
--- reason: audience_mismatch
--- error_code: 200
--- response_body_like: ^authorization=\[\]


=== TEST 9: after a rejection of 403 too
--- request
GET /refused
--- reason: insufficient_scope
--- error_code: 200
--- challenge: -
--- response_body_like: ^authorization=\[\]


=== TEST 10: whatever was wrong with it
--- request
GET /refused
--- token: abc
--- reason: malformed
--- error_code: 200
--- response_body_like: ^authorization=\[\]


=== TEST 11: a header
--- request
GET /header
--- more_headers
X-Token: $TOKEN
X-Other: stays
--- response_body: authorization=[] cookie=[] x-token=[] copy=[] other=[stays]


=== TEST 12: then Authorization stays
--- request
GET /header
--- more_headers
X-Token: $TOKEN
--- authorization: Basic dXNlcjpwYXNz
--- response_body_like: ^authorization=\[Basic dXNlcjpwYXNz\] cookie=\[\] x-token=\[\]


=== TEST 13: a bearer token in it as well
--- request
GET /header
--- more_headers
X-Token: $TOKEN
--- authorization: Bearer abc
--- response_body_like: ^authorization=\[Bearer abc\] cookie=\[\] x-token=\[\]


=== TEST 14: with a tab in front of the scheme, as upstreams may ignore it
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / { return 200 "authorization=[$http_authorization]"; }
}
--- config
include policy.conf;
location = /t {
    satisfy any;
    allow 127.0.0.1;
    deny all;
    actor_token_tenant beta;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
--- raw_request eval
"GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
. "Authorization:\tBearer \$TOKEN\r\n\r\n"
--- reason: tenant_mismatch
--- error_code: 200
--- challenge: -
--- response_body chomp
authorization=[]
