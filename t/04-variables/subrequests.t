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


=== TEST 3: mirror: the mirrored request knows who it is, and has no token
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
