# Subrequests see the verdict of the main request, and start no check.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: SSI
--- config
root html;
location = /page {
    include policy.conf;
    ssi on;
    ssi_types *;
    try_files /page.shtml =404;
}
location = /part {
    return 200 "[$actor_token_subject][$actor_token_reason]";
}
location = /protected-part {
    include policy.conf;
    actor_token_scope admin;
    return 200 "[$actor_token_subject][$actor_token_reason]";
}
location = /open {
    ssi on;
    ssi_types *;
    try_files /page.shtml =404;
}
--- user_files
>>> page.shtml
part=<!--#include virtual="/part" --> protected=<!--#include virtual="/protected-part" -->
--- request
GET /page
--- response_body
part=[user-1][ok] protected=[user-1][ok]


=== TEST 2: where the main request made no verdict
--- request
GET /open
--- reason: -
--- no_fingerprint
--- response_body
part=[][] protected=[][]


=== TEST 3: auth_request: the subrequest runs after the check
--- config
include policy.conf;
location /t {
    auth_request /auth;
    root html;
    try_files /index.html =404;
}
location = /auth {
    internal;
    actor_token off;
    if ($actor_token_subject = "user-1") {
        return 204;
    }
    return 403;
}


=== TEST 4: it can refuse
--- claims
{"sub": "user-2"}
--- error_code: 403
--- log_lines: 0


=== TEST 5: a bad token does not reach it
--- claims
{"aud": "x"}
--- reason: audience_mismatch


=== TEST 6: a location that auth_request reaches is not protected by itself
--- config
location /t {
    auth_request /auth;
    root html;
    try_files /index.html =404;
}
location = /auth {
    internal;
    include policy.conf;
    return 204;
}
--- reason: -
--- no_fingerprint



=== TEST 7: mirror: the mirrored request knows who it is, and has no token
--- http_config
log_format mirrored '[$arg_s][$http_authorization]';
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log logs/access.log mirrored;
    location / { return 200 "x"; }
}
--- config
include policy.conf;
location /t {
    mirror /mirror;
    root html;
    try_files /index.html =404;
}
location = /mirror {
    internal;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock:/mirrored?s=$actor_token_subject;
}
--- access_log
[user-1][-]
