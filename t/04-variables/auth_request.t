# The subrequest of auth_request runs after the check, and is none itself.

use lib 't/lib';
use Test::Nginx::ActorToken;

if (!nginx_has('http_auth_request_module')) {
    Test::More::plan(skip_all => 'no auth_request in this nginx');
}

run_tests();

__DATA__

=== TEST 1: the subrequest knows who it is
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


=== TEST 2: it can refuse
--- claims
{"sub": "user-2"}
--- error_code: 403
--- log_lines: 0


=== TEST 3: a bad token does not reach it
--- claims
{"aud": "x"}
--- reason: audience_mismatch


=== TEST 4: a location that auth_request reaches is not protected by itself (standards 65: a property of nginx)
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
