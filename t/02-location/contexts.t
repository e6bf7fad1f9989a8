# The levels of the configuration: http, server, location, limit_except, if.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: on in http
--- http_config
actor_token outer;
actor_token_audience https://api.example.com;
actor_token_tenant acme;
--- config
root html;
location = /t { try_files /index.html =404; }
location = /off { actor_token off; try_files /index.html =404; }
--- no_token
--- reason: missing
--- challenge: Bearer realm="outer"


=== TEST 2: accepted there
--- vars
subject: user-1


=== TEST 3: off in a location
--- request
GET /off
--- no_token
--- reason: -


=== TEST 4: in limit_except
--- config
include rules.conf;
actor_token off;
location /t {
    root html;
    limit_except GET {
        include policy.conf;
    }
    try_files /index.html =404;
}
--- request
GET /t
--- no_token
--- reason: -


=== TEST 5: another method
--- request
DELETE /t
--- no_token
--- reason: missing


=== TEST 6: with a token; what follows is no business of ours
--- request
DELETE /t
--- error_code: 405


=== TEST 7: HEAD goes with GET
--- request
HEAD /t
--- no_token
--- reason: -


=== TEST 8: off in limit_except
--- config
include policy.conf;
root html;
location = /index.html {
    limit_except POST {
        actor_token off;
    }
}
--- request
GET /index.html
--- no_token
--- reason: -


=== TEST 9: the method that is named
--- request
POST /index.html
--- no_token
--- reason: missing


=== TEST 10: a stricter policy in limit_except
--- config
include policy.conf;
location /t {
    root html;
    limit_except GET {
        actor_token_scope admin;
    }
    try_files /index.html =404;
}
--- request
GET /t


=== TEST 11: for another method
--- request
DELETE /t
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="admin"


=== TEST 12: in if
--- config
include policy.conf;
root html;
location = /index.html {
    if ($arg_strict) {
        actor_token_scope admin;
    }
    if ($arg_off) {
        actor_token off;
    }
}
--- request
GET /index.html?strict=1
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="admin"


=== TEST 13: where it does not apply
--- request
GET /index.html


=== TEST 14: off in if
--- request
GET /index.html?off=1
--- no_token
--- reason: -


=== TEST 15: on where it does not apply
--- request
GET /index.html
--- no_token
--- reason: missing


=== TEST 16: a server without audience, on in http
--- http_config
actor_token outer; #<
--- config
actor_token_tenant acme;
--- must_die
actor_token_audience


=== TEST 17: a location turned on, tenant unset
--- config
actor_token_audience off;
location /t {
    actor_token test; #<
}
--- must_die
actor_token_tenant


=== TEST 18: limit_except, audience unset
--- config
location /t {
    limit_except GET {
        actor_token test; #<
        actor_token_tenant acme;
    }
}
--- must_die
actor_token_audience


=== TEST 19: if, tenant unset
--- config
location /t {
    if ($arg_x) {
        actor_token test; #<
        actor_token_audience off;
    }
}
--- must_die
actor_token_tenant


=== TEST 20: http, with no server that would mend it
--- http_config
actor_token outer; #<
actor_token_tenant acme;
--- config
location /t { }
--- must_die
actor_token_audience


=== TEST 21: a server, though a location within has one
--- config
actor_token test; #<
actor_token_tenant acme;
location /t {
    actor_token_audience off;
}
--- must_die
on, here or at a level that inherits it, without "actor_token_audience"


=== TEST 22: http, though a server within has one
--- http_config
actor_token outer; #<
actor_token_audience off;
--- config
actor_token_tenant acme;
--- must_die
on, here or at a level that inherits it, without "actor_token_tenant"


=== TEST 23: a nested location inherits what its parent set
--- config
location /t {
    actor_token_audience https://api.example.com;
    actor_token_tenant acme;
    location = /t/deep {
        actor_token test;
        root html;
        try_files /index.html =404;
    }
}
--- request
GET /t/deep


=== TEST 24: a server
--- config
actor_token server;
actor_token_audience https://api.example.com;
actor_token_tenant acme;
location /t { root html; try_files /index.html =404; }
--- no_token
--- reason: missing
--- challenge: Bearer realm="server"



=== TEST 25: actor_token_max_size has no meaning in limit_except
--- config
location /t {
    limit_except GET {
        actor_token_max_size 1k; #<
    }
}
--- must_die
"actor_token_max_size" directive is not allowed here


=== TEST 26: nor has actor_token_log_level
--- config
location /t {
    limit_except GET {
        actor_token_log_level warn; #<
    }
}
--- must_die
"actor_token_log_level" directive is not allowed here


=== TEST 27: both have one in if
--- config
include policy.conf;
root html;
location = /index.html {
    if ($arg_small) {
        actor_token_max_size 100;
        actor_token_log_level warn;
    }
}
--- request
GET /index.html?small=1
--- reason: too_large
--- logged_level: warn


=== TEST 28: where the condition does not hold
--- request
GET /index.html


=== TEST 29: actor_token_claim_set is for http alone
--- config
actor_token_claim_set $c name; #<
--- must_die
"actor_token_claim_set" directive is not allowed here
