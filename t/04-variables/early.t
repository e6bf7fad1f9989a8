# Variables that are used before the access phase.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: set
--- config
include policy.conf;
root html;
location = /set {
    set $copy $actor_token_subject;
    add_header X-Copy "[$copy]";
    try_files /index.html =404;
}
location = /index.html {
    if ($actor_token_actor = "agent-1") {
        add_header X-If yes;
    }
}
location = /rewrite {
    rewrite ^ /who/$actor_token_subject last;
}
location /who/ {
    add_header X-Who $uri;
    try_files /index.html =404;
}
location = /return {
    return 200 "[$actor_token_subject]";
}
location = /answered {
    if ($actor_token_status != PASSED) {
        return 403 "refused";
    }
    return 200 "[$actor_token_subject $actor_token_actor]";
}
--- request
GET /set
--- response_headers
X-Copy: [user-1]


=== TEST 2: set, with a token that is not accepted
--- request
GET /set
--- claims
{"aud": "x"}
--- reason: audience_mismatch


=== TEST 3: in if
--- request
GET /index.html
--- response_headers
X-If: yes


=== TEST 4: in if, another actor
--- request
GET /index.html
--- claims
{"act": {"sub": "agent-2"}}
--- response_headers
! X-If


=== TEST 5: in a rewrite
--- request
GET /rewrite
--- response_headers
X-Who: /index.html


=== TEST 6: in return, which is no protection; no decision is logged
--- request
GET /return
--- reason: -
--- no_fingerprint
--- response_body: [user-1]


=== TEST 7: return answers a bad token too, without an identity (standards 65: a property of nginx)
--- request
GET /return
--- claims
{"aud": "x"}
--- reason: -
--- no_fingerprint
--- response_body: []


=== TEST 8: the status, asked early
--- request
GET /answered
--- reason: -
--- no_fingerprint
--- response_body: [user-1 agent-1]


=== TEST 9: refused by it
--- request
GET /answered
--- claims
{"aud": "x"}
--- reason: -
--- no_fingerprint
--- error_code: 403
--- response_body: refused


=== TEST 10: in the server's rewrite phase the server's policy counts
--- config
include policy.conf;
set $early "[$actor_token_subject:$actor_token_audience]";
root html;
location = /same {
    add_header X-Early $early always;
    try_files /index.html =404;
}
location = /stricter {
    actor_token_audience https://other.example;
    add_header X-Early $early always;
    add_header X-Now "[$actor_token_subject]" always;
    try_files /index.html =404;
}
location = /other {
    actor_token_audience https://other.example;
    add_header X-Early $early always;
    add_header X-Now "[$actor_token_subject:$actor_token_audience]" always;
    try_files /index.html =404;
}
--- request
GET /same
--- response_headers
X-Early: [user-1:https://api.example.com]


=== TEST 11: and the location's decides
--- request
GET /stricter
--- reason: audience_mismatch
--- response_headers
X-Early: [user-1:https://api.example.com]
X-Now: []


=== TEST 12: the other way around
--- request
GET /other
--- claims
{"aud": "https://other.example"}
--- response_headers
X-Early: [:]
X-Now: [user-1:https://other.example]


=== TEST 13: a volatile map in if
--- http_config
map $actor_token_scope $may_write {
    volatile;
    default 0;
    "~(^| )write( |$)" 1;
}
--- config
include policy.conf;
root html;
location /t {
    if ($may_write = 0) {
        return 403;
    }
    try_files /index.html =404;
}
--- claims
{"scope": "read write"}


=== TEST 14: that says no
--- claims
{"scope": "read"}
--- reason: -
--- no_fingerprint
--- error_code: 403


=== TEST 15: limit_req by actor
--- http_config
limit_req_zone $actor_token_actor zone=actors:1m rate=1r/m;
--- config
include policy.conf;
location /t {
    limit_req zone=actors;
    limit_req_dry_run on;
    add_header X-Limit $limit_req_status always;
    root html;
    try_files /index.html =404;
}
--- request eval
['GET /t', 'GET /t']
--- response_headers_like eval
['X-Limit: PASSED|REJECTED_DRY_RUN', 'X-Limit: REJECTED_DRY_RUN']


=== TEST 16: an empty key is not counted
--- request eval
['GET /t', 'GET /t', 'GET /t']
--- no_token
--- reason: missing
--- response_headers eval
['! X-Limit', '! X-Limit', '! X-Limit']


=== TEST 17: a token that is only used early is checked by the policy of that moment
--- http_config
#
--- config
location /t {
    set $early "[$actor_token_subject]";
    add_header X-Early $early;
    root html;
    try_files /index.html =404;
}
--- reason: -
--- no_fingerprint
--- response_headers
X-Early: []


=== TEST 18: set keeps its value, the variable does not
--- config
include policy.conf;
root html;
location = /t {
    set $copy $actor_token_subject;
    error_page 404 = /second;
    try_files /none.html =404;
}
location = /second {
    actor_token_tenant beta;
    add_header X-Copy "[$copy][$actor_token_subject]" always;
    try_files /index.html =404;
}
--- reason: tenant_mismatch
--- response_headers
X-Copy: [user-1][]


=== TEST 19: the log phase starts no check
--- config
include policy.conf;
location /t {
    return 200 "x";
}
--- reason: -
--- no_fingerprint
--- response_body: x


=== TEST 20: nor does a header filter of a location that answers by itself
--- config
include policy.conf;
location /t {
    add_header X-Who "[$actor_token_reason]" always;
    return 200 "x";
}
--- reason: -
--- no_fingerprint
--- response_body: x


=== TEST 21: nor does the log phase of a connection that is closed without an answer
--- config
include policy.conf;
location /t {
    return 444;
}
--- ignore_response
--- reason: -
--- no_fingerprint


=== TEST 22: split_clients; nobody and user-1 are in the first half
--- http_config
split_clients $actor_token_subject $side {
    50% first;
    * second;
}
--- config
include policy.conf;
root html;
location = /index.html {
    if ($side = second) {
        add_header X-Side second;
    }
}
--- request
GET /index.html
--- claims
{"sub": "user-3"}
--- response_headers
X-Side: second


=== TEST 23: another subject
--- request
GET /index.html
--- response_headers
! X-Side


=== TEST 24: a rewrite into the same location makes another moment
--- config
location ~ ^/(?<of>acme|beta)/ {
    actor_token test;
    actor_token_audience https://api.example.com;
    actor_token_tenant $of;
    set $who $actor_token_subject;
    if ($uri = /acme/1) {
        rewrite ^ /$arg_to/2 last;
    }
    return 200 "$of [$who]";
}
--- request
GET /acme/1?to=beta
--- reason: -
--- no_fingerprint
--- response_body: beta []


=== TEST 25: and one to the same tenant, too
--- request
GET /acme/1?to=acme
--- reason: -
--- no_fingerprint
--- response_body: acme [user-1]
