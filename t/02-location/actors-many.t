# Many actors in one location, and prefixes of each other.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: thousands of names: the first
--- policy eval
'actor_token_actors ' . join("\n", map { "agent-$_" } 1 .. 5000) . ';'
--- vars
actor: agent-1


=== TEST 2: one in between
--- claims
{"act": {"sub": "agent-2718"}}
--- vars
actor: agent-2718


=== TEST 3: the last
--- claims
{"act": {"sub": "agent-5000"}}
--- vars
actor: agent-5000


=== TEST 4: one more
--- claims
{"act": {"sub": "agent-5001"}}
--- reason: actor_not_allowed


=== TEST 5: the beginning of a thousand of them
--- claims
{"act": {"sub": "agent-"}}
--- reason: actor_not_allowed


=== TEST 6: thousands of lines: the last
--- policy eval
join '', map { "actor_token_actors issuer=acme agent-$_;\n" } 1 .. 5000
--- claims
{"act": {"sub": "agent-5000"}}


=== TEST 7: none of them
--- claims
{"act": {"sub": "agent-5001"}}
--- reason: actor_not_allowed


=== TEST 8: thousands of prefixes
--- policy eval
'actor_token_actors ' . join("\n", map { "agent-$_-*" } 1 .. 5000) . ';'
--- claims
{"act": {"sub": "agent-4999-x"}}


=== TEST 9: behind the last in their order
--- claims
{"act": {"sub": "agent-999-"}}


=== TEST 10: before the first
--- claims
{"act": {"sub": "agent-0-x"}}
--- reason: actor_not_allowed


=== TEST 11: in between two
--- claims
{"act": {"sub": "agent-4999"}}
--- reason: actor_not_allowed


=== TEST 12: a prefix within a prefix: the longer
--- policy
actor_token_actors ab* b* a* abc* ca*;
--- claims
{"act": {"sub": "abx"}}


=== TEST 13: the shorter, before the longer in their order
--- claims
{"act": {"sub": "aa"}}


=== TEST 14: the shorter, behind the longer in their order
--- claims
{"act": {"sub": "az"}}


=== TEST 15: a prefix behind those
--- claims
{"act": {"sub": "bz"}}


=== TEST 16: less than a prefix
--- claims
{"act": {"sub": "c"}}
--- reason: actor_not_allowed


=== TEST 17: more than its bytes
--- claims
{"act": {"sub": "cb"}}
--- reason: actor_not_allowed


=== TEST 18: a longer prefix on a line of its own is not widened
--- policy
actor_token_actors iss=https://agents.example a*;
actor_token_actors ab*;
--- claims
{"act": {"sub": "aa"}}
--- reason: actor_not_allowed


=== TEST 19: and matches
--- claims
{"act": {"sub": "abx"}}


=== TEST 20: as many regexes as there may be
--- policy eval
'actor_token_actors ' . join(' ', map { "~agent-$_" } 2 .. 64) . ";\n"
. 'actor_token_actors ~bot agent-1 bot-*;'
--- vars
actor: agent-1


=== TEST 21: the last of them
--- claims
{"act": {"sub": "bot"}}


=== TEST 22: one more, on a line of its own
--- policy eval
'actor_token_actors ' . join(' ', map { "~agent-$_" } 1 .. 64) . ";\n"
. 'actor_token_actors agent-1 "~bot-(1|2)"; #<'
--- must_die
~bot-(1|2)
64
prefix*


=== TEST 23: each level has as many
--- config eval
"include policy.conf;\n"
. 'actor_token_actors ' . join(' ', map { "~agent-$_" } 1 .. 64) . ";\n"
. 'location /t { root html; try_files /index.html =404; '
. 'actor_token_actors ' . join(' ', map { "~bot-$_" } 1 .. 64) . '; }'
--- claims
{"act": {"sub": "bot-64"}}
