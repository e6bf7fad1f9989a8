# Requests of one connection have nothing in common.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: with a token, without, with another
--- http_config
actor_token_claim_set $c_name name;
--- config
include policy.conf;
location /t {
    root html;
    try_files /index.html =404;
    add_header X-Who "[$actor_token_subject|$actor_token_actor|$actor_token_claim_name|$c_name]" always;
}
location /open {
    actor_token off;
    root html;
    try_files /index.html =404;
    add_header X-Who "[$actor_token_subject|$actor_token_actor|$actor_token_claim_name|$c_name]" always;
}
--- no_token
--- pipelined_requests eval
['GET /t', 'GET /t', 'GET /open', 'GET /t', 'GET /t']
--- more_headers eval
['Authorization: Bearer ' . token(claims => {name => 'Ada'}),
 '',
 'Authorization: Bearer ' . token(),
 'Authorization: Bearer ' . token(claims => {aud => 'x', name => 'Eve'}),
 'Authorization: Bearer ' . token(claims => {sub => 'user-2', act => {sub => 'agent-2'}})]
--- reason eval
['ok', 'missing', '-', 'audience_mismatch', 'ok']
--- response_headers eval
['X-Who: [user-1|agent-1|Ada|Ada]', 'X-Who: [|||]', 'X-Who: [|||]',
 'X-Who: [|||]', 'X-Who: [user-2|agent-2||]']


=== TEST 2: one token in locations of different policies
--- config
include policy.conf;
root html;
location = /one { try_files /index.html =404; }
location = /two { actor_token_scope admin; try_files /index.html =404; }
location = /three { actor_token_actors agent-2; try_files /index.html =404; }
location = /four { actor_token_tenant beta; try_files /index.html =404; }
--- pipelined_requests eval
['GET /one', 'GET /two', 'GET /three', 'GET /four', 'GET /one']
--- reason eval
['ok', 'insufficient_scope', 'actor_not_allowed', 'tenant_mismatch', 'ok']
--- challenge eval
['-', 'Bearer realm="test", error="insufficient_scope", scope="admin"', '-',
 'Bearer realm="test", error="invalid_token"', '-']
