# What a token says is remembered, and what it may do is asked each time.

use lib 't/lib';
use Test::Nginx::ActorToken;

repeat_each(1);
no_shuffle();

our $token = token(claims => { scope => 'read' });

run_tests();

__DATA__

=== TEST 1: refused in every location, and so not remembered
--- config
include policy.conf;
root html;
location = /scope { actor_token_scope write; try_files /index.html =404; }
location = /audience {
    actor_token_audience https://other.example;
    try_files /index.html =404;
}
location = /tenant { actor_token_tenant beta; try_files /index.html =404; }
location = /actor { actor_token_actors agent-2; try_files /index.html =404; }
location = /direct { actor_token_delegation forbidden; try_files /index.html =404; }
location = /require {
    actor_token_require $actor_token_claim_absent;
    try_files /index.html =404;
}
location = /size { actor_token_max_size 64; try_files /index.html =404; }
location = /dry {
    actor_token_dry_run on;
    actor_token_tenant beta;
    try_files /index.html =404;
}
location = /good { try_files /index.html =404; }
--- token eval: $::token
--- pipelined_requests eval
['GET /scope', 'GET /audience', 'GET /tenant', 'GET /require', 'GET /good']
--- reason eval
['insufficient_scope', 'audience_mismatch', 'tenant_mismatch',
 'requirement_failed', 'ok']
--- challenge eval
['Bearer realm="test", error="insufficient_scope", scope="write"',
 'Bearer realm="test", error="invalid_token"',
 'Bearer realm="test", error="invalid_token"', '-', '-']
--- vars eval
[('cache_status: MISS') x 5]


=== TEST 2: remembered, and refused by the same locations (standards 72: a decision of this module)
--- token eval: $::token
--- pipelined_requests eval
['GET /scope', 'GET /audience', 'GET /tenant', 'GET /actor', 'GET /direct',
 'GET /require', 'GET /dry', 'GET /good']
--- reason eval
['insufficient_scope', 'audience_mismatch', 'tenant_mismatch',
 'actor_not_allowed', 'delegation_forbidden', 'requirement_failed',
 'tenant_mismatch', 'ok']
--- verdict eval
[('REJECTED') x 6, 'REJECTED_DRY_RUN', 'PASSED']
--- challenge eval
['Bearer realm="test", error="insufficient_scope", scope="write"',
 'Bearer realm="test", error="invalid_token"',
 'Bearer realm="test", error="invalid_token"', ('-') x 5]
--- vars eval
[('cache_status: HIT') x 8]
--- log_lines: 6


=== TEST 3: a size that is exceeded is not asked for
--- token eval: $::token
--- request
GET /size
--- reason: too_large
--- vars
cache_status:


=== TEST 4: what is logged of a rejection names the kid as well
--- token eval: $::token
--- request
GET /tenant
--- reason: tenant_mismatch
--- logged
issuer: "acme"
expected: "beta", got: "acme"
kid: "acme"
