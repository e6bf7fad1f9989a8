# A full zone forgets what was not used for longest, and goes on remembering.

use lib 't/lib';
use Test::Nginx::ActorToken;

repeat_each(1);
no_shuffle();

our @tokens = map { token(claims => { jti => "t$_" }) } 0 .. 80;

run_tests();

__DATA__

=== TEST 1: more tokens than there is room for
--- http_config
actor_token_cache 32k;
--- no_token
--- pipelined_requests eval
[map { 'GET /t' } @::tokens]
--- more_headers eval
[map { "Authorization: Bearer $_" } @::tokens]
--- reason eval
[map { 'ok' } @::tokens]
--- vars eval
[map { 'cache_status: MISS' } @::tokens]


=== TEST 2: the first is forgotten, the last is known
--- no_token
--- pipelined_requests eval
['GET /t', 'GET /t', 'GET /t']
--- more_headers eval
["Authorization: Bearer $::tokens[80]", "Authorization: Bearer $::tokens[0]",
 "Authorization: Bearer $::tokens[80]"]
--- reason eval
['ok', 'ok', 'ok']
--- vars eval
['cache_status: HIT', 'cache_status: MISS', 'cache_status: HIT']
