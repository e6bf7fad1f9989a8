# Status and challenge of every kind of rejection.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: no token: no error code (standards 61: RFC 6750, section 3)
--- no_token
--- reason: missing
--- error_code: 401
--- challenge: Bearer realm="test"


=== TEST 2: a malformed request (standards 61: RFC 6750, section 3.1)
--- no_token
--- authorization: Bearer
--- reason: malformed_request
--- error_code: 400
--- challenge: Bearer realm="test", error="invalid_request"


=== TEST 3: a bad token (standards 61: RFC 6750, section 3.1)
--- token: abc
--- reason: malformed
--- error_code: 401
--- challenge: Bearer realm="test", error="invalid_token"


=== TEST 4: an actor that is not admitted (standards 62: OAuth Actor Profile)
--- policy
actor_token_actors agent-2;
--- reason: actor_not_allowed
--- error_code: 403
--- challenge: -


=== TEST 5: an actor that is
--- claims
{"act": {"sub": "agent-2"}}
--- challenge: -


=== TEST 6: insufficient scope (standards 61: RFC 6750, section 3.1)
--- policy
actor_token_scope one two;
--- reason: insufficient_scope
--- error_code: 403
--- challenge: Bearer realm="test", error="insufficient_scope", scope="one two"


=== TEST 7: an upstream's challenge is not ours to change
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / { add_header WWW-Authenticate 'Basic realm="up"' always; return 401; }
}
--- config
include policy.conf;
location /t { proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock; }
--- error_code: 401
--- challenge: Basic realm="up"


=== TEST 8: HTTP/1.0
--- request
GET /t HTTP/1.0
--- no_token
--- reason: missing


=== TEST 9: with a request body that is never read
--- request
POST /t
hello
--- no_token
--- reason: missing


=== TEST 10: HEAD
--- request
HEAD /t
--- token: abc
--- reason: malformed


=== TEST 11: a rejection's page comes with a challenge for a bearer token too
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / {
        # one more list of headers
        add_header X-1 x always;
        add_header X-2 x always;
        add_header X-3 x always;
        add_header X-4 x always;
        add_header X-5 x always;
        add_header X-6 x always;
        add_header X-7 x always;
        add_header X-8 x always;
        add_header X-9 x always;
        add_header X-10 x always;
        add_header X-11 x always;
        add_header X-12 x always;
        add_header X-13 x always;
        add_header X-14 x always;
        add_header X-15 x always;
        add_header X-16 x always;
        add_header X-17 x always;
        add_header X-18 x always;
        add_header X-19 x always;
        add_header X-20 x always;
        add_header X-21 x always;
        add_header X-22 x always;
        add_header X-23 x always;
        add_header X-24 x always;
        add_header WWW-Authenticate 'bearer realm="up"' always;
        return 401;
    }
}
--- config
include policy.conf;
location /t {
    error_page 401 = @page;
    root html;
    try_files /index.html =404;
}
location @page {
    actor_token off;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}

--- token: abc
--- reason: malformed
--- error_code: 401
--- challenge: Bearer realm="test", error="invalid_token"


=== TEST 12: with one of another scheme
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / { add_header WWW-Authenticate 'Basic realm="up"' always; return 401; }
}
--- config
include policy.conf;
location /t {
    error_page 401 = @page;
    root html;
    try_files /index.html =404;
}
location @page {
    actor_token off;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}

--- token: abc
--- reason: malformed
--- error_code: 401
--- challenge: Bearer realm="test", error="invalid_token"
--- other_challenge: Basic realm="up"


=== TEST 13: an upstream's challenge for a bearer token, of a token that passed
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / { add_header WWW-Authenticate 'Bearer realm="up"' always; return 401; }
}
--- config
include policy.conf;
location /t { proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock; }
--- error_code: 401
--- challenge: Bearer realm="up"
