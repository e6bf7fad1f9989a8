# The longest accepted chain of actors.

use lib 't/lib';
use Test::Nginx::ActorToken;

sub main::chain {
    my ($n) = @_;
    return { sub => "agent-$n", $n > 1 ? (act => chain($n - 1)) : () };
}

run_tests();

__DATA__

=== TEST 1: four is the default
--- claims eval
{act => chain(4)}
--- vars
depth: 4
actor: agent-4
chain: [{"sub":"agent-4"},{"sub":"agent-3"},{"sub":"agent-2"},{"sub":"agent-1"}]


=== TEST 2: five (standards 45: OAuth Actor Profile)
--- claims eval
{act => chain(5)}
--- reason: chain_too_deep
--- logged
4
5


=== TEST 3: one
--- policy
actor_token_max_depth 1;
--- claims eval
{act => chain(1)}
--- vars
depth: 1


=== TEST 4: two, where one is allowed
--- claims eval
{act => chain(2)}
--- reason: chain_too_deep


=== TEST 5: a long one
--- policy
actor_token_max_depth 10;
--- claims eval
{act => chain(10)}
--- vars
depth: 10


=== TEST 6: longer
--- claims eval
{act => chain(11)}
--- reason: chain_too_deep


=== TEST 7: a location replaces the server's
--- config
include policy.conf;
actor_token_max_depth 1;
location /t {
    actor_token_max_depth 2;
    root html;
    try_files /index.html =404;
}
--- claims eval
{act => chain(2)}
--- vars
depth: 2


=== TEST 8: malformed beyond the limit is malformed
--- claims
{"act": {"sub": "a", "act": {"sub": "b", "act": {"sub": "c", "act": 7}}}}
--- reason: actor_malformed


=== TEST 9: no number
--- policy
actor_token_max_depth deep; #<
--- must_die
actor_token_max_depth

