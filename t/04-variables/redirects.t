# Internal redirects carry the verdict, and a protected location makes its own.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: error_page to a location where the check is off
--- config
include rules.conf;
root html;
error_page 404 = /off;
location = /t {
    actor_token test;
    try_files /none.html =404;
}
location = /off {
    add_header X-Subject "[$actor_token_subject][$actor_token_reason]" always;
    try_files /index.html =404;
}
location = /refused {
    actor_token test;
    error_page 401 = /off;
    error_page 403 = /off;
    try_files /index.html =404;
}
location = /refused-with-status {
    actor_token test;
    error_page 401 /off;
    try_files /index.html =404;
}
location = /named {
    actor_token test;
    error_page 401 = @named;
    try_files /none.html @named;
}
location @named {
    add_header X-Subject "[$actor_token_subject][$actor_token_reason]" always;
    try_files /index.html =404;
}
location = /strict-after {
    actor_token test;
    try_files /none.html /strict;
}
location = /strict {
    actor_token strict;
    actor_token_scope admin;
    add_header X-Subject "[$actor_token_subject][$actor_token_reason]" always;
    try_files /index.html =404;
}
location = /lax-after {
    actor_token test;
    actor_token_scope admin;
    error_page 403 = /lax;
    try_files /index.html =404;
}
location = /lax {
    actor_token test;
    add_header X-Subject "[$actor_token_subject][$actor_token_reason]" always;
    try_files /index.html =404;
}
location = /lax-after-401 {
    actor_token test;
    actor_token_tenant beta;
    error_page 401 = /lax;
    try_files /index.html =404;
}
location = /401-then-strict {
    actor_token test;
    actor_token_tenant beta;
    error_page 401 = /strict;
    try_files /index.html =404;
}
location = /other-issuer {
    actor_token test;
    try_files /none.html /other;
}
location = /other {
    actor_token test;
    actor_token_audience https://other.example;
    try_files /index.html =404;
}
--- request
GET /t
--- response_headers
X-Subject: [user-1][ok]


=== TEST 2: after a rejection identity stays empty and the reason stays
--- request
GET /refused
--- claims
{"aud": "x"}
--- reason: audience_mismatch
--- error_code: 200
--- response_headers
X-Subject: [][audience_mismatch]


=== TEST 3: with the status kept
--- request
GET /refused-with-status
--- claims
{"aud": "x"}
--- reason: audience_mismatch


=== TEST 4: try_files to a named location
--- request
GET /named
--- response_headers
X-Subject: [user-1][ok]


=== TEST 5: error_page to a named location
--- request
GET /named
--- claims
{"aud": "x"}
--- reason: audience_mismatch
--- error_code: 200
--- response_headers
X-Subject: [][audience_mismatch]


=== TEST 6: a stricter location decides anew
--- request
GET /strict-after
--- reason: insufficient_scope
--- challenge: Bearer realm="strict", error="insufficient_scope", scope="admin"
--- response_headers
X-Subject: [][insufficient_scope]


=== TEST 7: with what it asks for
--- request
GET /strict-after
--- claims
{"scope": "admin"}
--- response_headers
X-Subject: [user-1][ok]


=== TEST 8: a laxer one accepts what was refused, and the challenge is gone
--- request
GET /lax-after
--- error_code: 200
--- log_lines: 1
--- response_headers
X-Subject: [user-1][ok]


=== TEST 9: also after 401
--- request
GET /lax-after-401
--- error_code: 200
--- log_lines: 1
--- response_headers
X-Subject: [user-1][ok]


=== TEST 10: two rejections: one challenge, the later one
--- request
GET /401-then-strict
--- reason: insufficient_scope
--- log_lines: 2
--- challenge: Bearer realm="strict", error="insufficient_scope", scope="admin"


=== TEST 11: another audience in the second location
--- request
GET /other-issuer
--- reason: audience_mismatch


=== TEST 12: the header is gone already, the token is kept
--- request
GET /other-issuer
--- claims
{"aud": ["https://api.example.com", "https://other.example"]}
--- vars
audience: https://other.example


=== TEST 13: rewrite in the location
--- config
include policy.conf;
root html;
location = /t {
    rewrite ^ /u last;
}
location = /u {
    actor_token_scope admin;
    try_files /index.html =404;
}
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="admin"


=== TEST 14: X-Accel-Redirect
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location /accel { add_header X-Accel-Redirect /private; return 200 x; }
    location /strict { add_header X-Accel-Redirect /strict; return 200 x; }
    location /named { add_header X-Accel-Redirect @named; return 200 x; }
}
--- config
include policy.conf;
root html;
location /go/ {
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock:/;
}
location = /private {
    internal;
    actor_token off;
    add_header X-Subject "[$actor_token_subject][$actor_token_reason]";
    try_files /index.html =404;
}
location = /strict {
    internal;
    actor_token_scope admin;
    try_files /index.html =404;
}
location @named {
    add_header X-Subject "[$actor_token_subject][$actor_token_reason]";
    try_files /index.html =404;
}
--- request
GET /go/accel
--- response_headers
X-Subject: [user-1][ok]


=== TEST 15: to a stricter location
--- request
GET /go/strict
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="admin"


=== TEST 16: to a named one, in whose server the check is on
--- request
GET /go/named
--- response_headers
X-Subject: [user-1][ok]


=== TEST 17: the index of a directory
--- http_config
#
--- config
include policy.conf;
root html;
location = / {
    index index.html;
}
location = /index.html {
    actor_token_scope admin;
}
--- request
GET /
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="admin"


=== TEST 18: error_page of a request that was never checked
--- config
root html;
location = /t {
    error_page 404 = /after;
    try_files /none.html =404;
}
location = /after {
    include policy.conf;
    try_files /index.html =404;
}
--- vars
subject: user-1


=== TEST 19: and is then refused
--- no_token
--- reason: missing


=== TEST 20: early use after a redirect is decided by the location that the request is in
--- config
include rules.conf;
root html;
location = /t {
    actor_token first;
    try_files /none.html /strict;
}
location = /strict {
    actor_token strict;
    actor_token_scope admin;
    set $early "[$actor_token_status][$actor_token_subject]";
    add_header X-Early $early always;
    try_files /index.html =404;
}
location = /open-after {
    actor_token first;
    try_files /none.html /open;
}
location = /open {
    set $early "[$actor_token_status][$actor_token_subject]";
    add_header X-Early $early always;
    try_files /index.html =404;
}
location = /lax-after {
    actor_token first;
    actor_token_scope admin;
    error_page 403 = /lax;
    try_files /index.html =404;
}
location = /lax {
    actor_token lax;
    set $early "[$actor_token_status][$actor_token_subject]";
    add_header X-Early $early always;
    try_files /index.html =404;
}
--- reason: insufficient_scope
--- challenge: Bearer realm="strict", error="insufficient_scope", scope="admin"
--- response_headers
X-Early: [REJECTED][]


=== TEST 21: where it is off, the last verdict is what there is
--- request
GET /open-after
--- response_headers
X-Early: [PASSED][user-1]


=== TEST 22: refused first, then accepted
--- request
GET /lax-after
--- error_code: 200
--- log_lines: 1
--- response_headers
X-Early: [PASSED][user-1]
