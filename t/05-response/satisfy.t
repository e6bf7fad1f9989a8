# "satisfy any" absorbs 401 and 403, and nothing else.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: the address is admitted: no token is needed (standards 65: a property of nginx)
--- config
root html;
location = /admitted {
    include policy.conf;
    satisfy any;
    allow 127.0.0.1;
    deny all;
    try_files /index.html =404;
}
location = /denied {
    include policy.conf;
    satisfy any;
    deny all;
    try_files /index.html =404;
}
location = /all {
    include policy.conf;
    satisfy all;
    allow 127.0.0.1;
    deny all;
    try_files /index.html =404;
}
location = /all-denied {
    include policy.conf;
    satisfy all;
    deny all;
    try_files /index.html =404;
}
location = /basic {
    include policy.conf;
    satisfy any;
    auth_basic basic;
    auth_basic_user_file users;
    try_files /index.html =404;
}
--- conf_files eval
[users => "ada:{PLAIN}secret\n"]
--- request
GET /admitted
--- no_token
--- reason: missing
--- error_code: 200
--- challenge: -
--- log_lines: 1


=== TEST 2: a rejection of 403 is absorbed too
--- request
GET /admitted
--- claims
{"act": "(absent)"}
--- reason: actor_missing
--- error_code: 200
--- challenge: -


=== TEST 3: 400 is not
--- request
GET /admitted
--- no_token
--- authorization: Bearer
--- reason: malformed_request
--- error_code: 400


=== TEST 4: an invalid token is absorbed as none is
--- request
GET /admitted
--- token: abc
--- reason: malformed
--- error_code: 200
--- challenge: -


=== TEST 5: with a good token, identity
--- request
GET /admitted
--- vars
subject: user-1


=== TEST 6: the address is not admitted: a good token is enough
--- request
GET /denied


=== TEST 7: neither
--- request
GET /denied
--- no_token
--- reason: missing
--- error_code_like: ^40[13]$
--- challenge: Bearer realm="test"


=== TEST 8: all: both
--- request
GET /all


=== TEST 9: all: without a token
--- request
GET /all
--- no_token
--- reason: missing


=== TEST 10: all: the address is not admitted, though the token is good
--- request
GET /all-denied
--- error_code: 403


=== TEST 11: a password instead
--- request
GET /basic
--- no_token
--- authorization: Basic YWRhOnNlY3JldA==
--- reason: missing
--- error_code: 200
--- challenge: -


=== TEST 12: a token instead
--- request
GET /basic


=== TEST 13: the check runs before nginx's own access modules
--- request
GET /all-denied
--- no_token
--- reason: missing


=== TEST 14: a password and a token, and neither is good: one challenge for each
--- request
GET /basic
--- no_token
--- reason: missing
--- other_challenge: Basic realm="basic"


=== TEST 15: an upstream's challenge, where the address is admitted
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / { add_header WWW-Authenticate 'Bearer realm="up"' always; return 401; }
}
--- config
location /t {
    include policy.conf;
    satisfy any;
    allow all;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
--- token: abc
--- reason: malformed
--- error_code: 401
--- challenge: Bearer realm="up"


=== TEST 16: the same with a token that passes
--- error_code: 401
--- challenge: Bearer realm="up"
