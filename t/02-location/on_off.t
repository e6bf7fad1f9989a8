# Turning validation on and off.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: on
--- config
include policy.conf;
root html;
location = /on { try_files /index.html =404; }
location = /off { actor_token off; try_files /index.html =404; }
location /parent {
    actor_token off;
    location = /parent/again { actor_token again; try_files /index.html =404; }
    location = /parent/still { try_files /index.html =404; }
}
--- no_token
--- request
GET /on
--- reason: missing


=== TEST 2: off in a location
--- request
GET /off
--- reason: -


=== TEST 3: with a bad token too
--- token: not-a-token
--- request
GET /off
--- reason: -
--- no_fingerprint


=== TEST 4: on again below
--- no_token
--- request
GET /parent/again
--- reason: missing
--- challenge: Bearer realm="again"


=== TEST 5: and a good token is accepted there
--- request
GET /parent/again


=== TEST 6: inherited off
--- no_token
--- request
GET /parent/still
--- reason: -


=== TEST 7: without any directive
--- config
location /t { root html; try_files /index.html =404; }
--- no_token
--- reason: -


=== TEST 8: no method is skipped: OPTIONS
--- config
include policy.conf;
location /t { proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock; }
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / { return 200 "$request_method"; }
}
--- no_token
--- request
OPTIONS /t
--- reason: missing


=== TEST 9: OPTIONS with a token
--- request
OPTIONS /t
--- response_body: OPTIONS


=== TEST 10: HEAD
--- no_token
--- request
HEAD /t
--- reason: missing


=== TEST 11: POST
--- no_token
--- request
POST /t
hello
--- reason: missing


=== TEST 12: POST with a token
--- request
POST /t
hello
--- response_body: POST


=== TEST 13: TRACE-like unknown methods
--- no_token
--- request
BREW /t
--- reason: missing


=== TEST 14: a realm of several words
--- policy
actor_token "the \"inner\" circle";
--- no_token
--- reason: missing
--- challenge: Bearer realm="the \"inner\" circle"


=== TEST 15: a realm with a variable
--- policy
actor_token "for $arg_name";
--- request
GET /t?name=x
--- no_token
--- reason: missing
--- challenge: Bearer realm="for x"


=== TEST 16: a variable that says "off" does not turn the check off
--- policy
actor_token $arg_name;
--- request
GET /t?name=off
--- no_token
--- reason: missing
--- challenge: Bearer realm="off"


=== TEST 17: nor does one that is empty
--- request
GET /t
--- no_token
--- reason: missing
--- challenge: Bearer realm=""


=== TEST 18: what a client puts in the realm does not break the header
--- policy
actor_token $http_x_realm;
--- more_headers
X-Realm: a"b\c
--- no_token
--- reason: missing
--- challenge: Bearer realm="a\"b\\c"


=== TEST 19: no argument
--- policy
actor_token; #<
--- must_die
invalid number of arguments in "actor_token" directive


=== TEST 20: twice
--- policy
actor_token a;
actor_token b; #<
--- must_die
"actor_token" directive is duplicate


=== TEST 21: an unknown parameter
--- policy
actor_token a user=$http_x; #<
--- must_die
user=$http_x


=== TEST 22: token= without a variable
--- policy
actor_token a token=abc; #<
--- must_die
token=abc


=== TEST 23: an unknown variable
--- policy
actor_token a token=$nonexistent;
--- must_die
unknown "nonexistent" variable


=== TEST 24: off with a parameter
--- policy
actor_token off token=$http_x; #<
--- must_die
off
