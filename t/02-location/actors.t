# The actors that a location admits.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: exactly
--- policy
actor_token_actors agent-1 bot-*;
--- vars
actor: agent-1


=== TEST 2: case matters
--- claims
{"act": {"sub": "Agent-1"}}
--- reason: actor_not_allowed
--- logged
Agent-1


=== TEST 3: a longer name (standards 47: a decision of this module)
--- claims
{"act": {"sub": "agent-10"}}
--- reason: actor_not_allowed


=== TEST 4: a shorter name
--- claims
{"act": {"sub": "agent-"}}
--- reason: actor_not_allowed


=== TEST 5: a prefix
--- claims
{"act": {"sub": "bot-7"}}
--- vars
actor: bot-7


=== TEST 6: the prefix itself
--- claims
{"act": {"sub": "bot-"}}
--- vars
actor: bot-


=== TEST 7: less than the prefix
--- claims
{"act": {"sub": "bot"}}
--- reason: actor_not_allowed


=== TEST 8: the case of a prefix
--- claims
{"act": {"sub": "Bot-7"}}
--- reason: actor_not_allowed


=== TEST 9: the prefix in the middle
--- claims
{"act": {"sub": "x-bot-7"}}
--- reason: actor_not_allowed


=== TEST 10: a NUL ends no name
--- claims eval
{act => {sub => "agent-1\0x"}}
--- reason: bad_claim


=== TEST 11: only the current actor is matched (standards 39: RFC 8693, section 4.1)
--- claims
{"act": {"sub": "agent-2", "act": {"sub": "agent-1"}}}
--- reason: actor_not_allowed


=== TEST 12: the inner ones may be any
--- claims
{"act": {"sub": "agent-1", "act": {"sub": "agent-2"}}}
--- vars
actor: agent-1


=== TEST 13: a direct token has no actor to match
--- policy
actor_token_actors agent-1;
actor_token_delegation optional;
--- claims
{"act": "(absent)"}
--- vars
depth: 0


=== TEST 14: several directives add up
--- policy
actor_token_actors agent-1;
actor_token_actors agent-2;
--- claims
{"act": {"sub": "agent-2"}}
--- vars
actor: agent-2


=== TEST 15: the first of them
--- vars
actor: agent-1


=== TEST 16: neither
--- claims
{"act": {"sub": "agent-3"}}
--- reason: actor_not_allowed


=== TEST 17: a location replaces the server's
--- config
include policy.conf;
actor_token_actors agent-1;
root html;
location = /two { actor_token_actors agent-2; try_files /index.html =404; }
location = /any { actor_token_actors any; try_files /index.html =404; }
location = /inherit { try_files /index.html =404; }
--- request
GET /two
--- reason: actor_not_allowed


=== TEST 18: with its own
--- request
GET /two
--- claims
{"act": {"sub": "agent-2"}}


=== TEST 19: any resets
--- request
GET /any
--- claims
{"act": {"sub": "agent-3"}}


=== TEST 20: inherited
--- request
GET /inherit


=== TEST 21: inherited, another actor
--- request
GET /inherit
--- claims
{"act": {"sub": "agent-3"}}
--- reason: actor_not_allowed


=== TEST 22: a URL as a prefix, past the authority
--- policy
actor_token_actors https://agents.example/*;
--- claims
{"act": {"sub": "https://agents.example/one"}}


=== TEST 23: another host that begins alike
--- claims
{"act": {"sub": "https://agents.example.evil/one"}}
--- reason: actor_not_allowed


=== TEST 24: not past the authority
--- policy
actor_token_actors https://agents.example*; #<
--- must_die
https://agents.example*


=== TEST 25: the scheme alone
--- policy
actor_token_actors spiffe://*; #<
--- must_die
spiffe://*


=== TEST 26: any among patterns
--- policy
actor_token_actors any agent-1; #<
--- must_die
any


=== TEST 27: no pattern
--- policy
actor_token_actors issuer=acme; #<
--- must_die
actor_token_actors


=== TEST 28: an unknown issuer
--- policy
actor_token_actors issuer=nobody agent-1; #<
--- must_die
nobody
