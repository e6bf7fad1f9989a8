# Locations of one request may take the token from different places.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: early from Authorization, then from a header
--- config
include rules.conf;
root html;
actor_token server;
set $early "[$actor_token_subject]";
location = /header {
    actor_token test token=$http_x_token;
    add_header X-Who "$early[$actor_token_subject]" always;
    try_files /index.html =404;
}
location = /first {
    actor_token first;
    try_files /none.html /header;
}
location = /second {
    actor_token second;
    add_header X-Who "$early[$actor_token_subject]" always;
    try_files /index.html =404;
}
location = /header-first {
    actor_token test token=$http_x_token;
    error_page 400 401 = /second;
    try_files /index.html =404;
}
location = /cookie {
    actor_token test token=$cookie_session;
    error_page 400 401 = /header;
    try_files /none.html /header;
}
--- request
GET /header
--- no_token
--- more_headers eval
'Authorization: Bearer ' . token(claims => {sub => 'ada'}) . "\n"
. 'X-Token: ' . token(claims => {sub => 'bob'})
--- response_headers
X-Who: [ada][bob]
--- vars
subject: bob


=== TEST 2: one after the other
--- request
GET /first
--- no_token
--- more_headers eval
'Authorization: Bearer ' . token(claims => {sub => 'ada'}) . "\n"
. 'X-Token: ' . token(claims => {sub => 'bob'})
--- response_headers
X-Who: [ada][bob]
--- vars
subject: bob


=== TEST 3: the second has none
--- request
GET /first
--- reason: missing
--- no_fingerprint
--- response_headers
X-Who: [user-1][]


=== TEST 4: the first has none
--- request
GET /header-first
--- error_code: 200
--- log_lines: 1
--- response_headers
X-Who: [user-1][user-1]


=== TEST 5: the first is bad
--- request
GET /header-first
--- more_headers
X-Token: abc
--- authorization: Bearer $TOKEN
--- error_code: 200
--- log_lines: 1
--- vars
subject: user-1


=== TEST 6: a cookie, then a header
--- request
GET /cookie
--- no_token
--- more_headers eval
'Cookie: session=' . token(claims => {sub => 'ada'}) . "\n"
. 'X-Token: ' . token(claims => {sub => 'bob'})
--- vars
subject: bob
