# The token is gone for later subrequests and later locations.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: a subrequest of SSI
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / { return 200 "[$http_authorization][$http_cookie][$http_x_token]"; }
    location /accel { add_header X-Accel-Redirect /echo; return 200 ""; }
}
--- config
root html;
location = /page {
    include policy.conf;
    ssi on;
    ssi_types *;
    try_files /page.shtml =404;
}
location = /page-header {
    include rules.conf;
    actor_token test token=$http_x_token;
    ssi on;
    ssi_types *;
    try_files /page.shtml =404;
}
location = /page-cookie {
    include rules.conf;
    actor_token test token=$cookie_session;
    ssi on;
    ssi_types *;
    try_files /page.shtml =404;
}
location = /page-forward {
    include policy.conf;
    actor_token_forward on;
    ssi on;
    ssi_types *;
    try_files /page.shtml =404;
}
location = /echo {
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock:/;
}
location = /try {
    include policy.conf;
    try_files /none.html /echo;
}
location = /error {
    include policy.conf;
    error_page 401 403 404 = /echo;
    try_files /none.html =404;
}
location = /named {
    include policy.conf;
    try_files /none.html @echo;
}
location @echo {
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /accel {
    include policy.conf;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /again {
    include policy.conf;
    try_files /none.html /second;
}
location = /second {
    include rules.conf;
    actor_token second;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock:/;
}
--- user_files
>>> page.shtml
part=<!--#include virtual="/echo" -->
--- request
GET /page
--- response_body
part=[][][]


=== TEST 2: with the token in a header
--- request
GET /page-header
--- more_headers
X-Token: $TOKEN
--- response_body
part=[][][]


=== TEST 3: with the token in a cookie
--- request
GET /page-cookie
--- more_headers
Cookie: a=1; session=$TOKEN
--- response_body
part=[][a=1][]


=== TEST 4: forwarded
--- request
GET /page-forward
--- response_body_like: ^part=\[Bearer ey


=== TEST 5: try_files
--- request
GET /try
--- response_body: [][][]


=== TEST 6: error_page
--- request
GET /error
--- response_body: [][][]


=== TEST 7: after a rejection
--- request
GET /error
--- claims
{"aud": "x"}
--- reason: audience_mismatch
--- error_code: 200
--- response_body: [][][]


=== TEST 8: a named location
--- request
GET /named
--- response_body: [][][]


=== TEST 9: X-Accel-Redirect
--- request
GET /accel
--- response_body: [][][]


=== TEST 10: a second protected location still has the token, and its upstream has not
--- request
GET /again
--- response_body: [][][]
--- vars
subject: user-1


=== TEST 11: a token in another kind of variable stays, which was noticed
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / { return 200 "[$http_x_wrapped]"; }
}
map $http_x_wrapped $unwrapped {
    "~^t:(?<bare>.*)$" $bare;
}
--- config
include policy.conf;
location /t {
    actor_token test token=$unwrapped; #<
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
--- more_headers
X-Wrapped: t:$TOKEN
--- response_body_like: ^\[t:ey
--- notice
$unwrapped
