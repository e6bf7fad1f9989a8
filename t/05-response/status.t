# A challenge goes with the status that it was made for, and with no other.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: an error page keeps the status
--- config
root html;
location = /kept {
    include policy.conf;
    error_page 401 /index.html;
    try_files /none =404;
}
location = /hidden {
    include policy.conf;
    actor_token_scope admin;
    error_page 403 =404 /index.html;
    try_files /none =404;
}
location = /shown {
    include policy.conf;
    actor_token_scope admin;
    try_files /none =404;
}
location = /index.html {
}
--- request
GET /kept
--- claims
{"aud": "x"}
--- reason: audience_mismatch


=== TEST 2: an error page hides it
--- request
GET /hidden
--- reason: insufficient_scope
--- error_code: 404
--- challenge: -


=== TEST 3: and nothing hides it
--- request
GET /shown
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="admin"
