# Actors by regular expression.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: the whole id matches
--- policy
actor_token_actors "~agent-[0-9]{1,3}";
--- vars
actor: agent-1


=== TEST 2: more behind it
--- claims
{"act": {"sub": "agent-1-evil"}}
--- reason: actor_not_allowed


=== TEST 3: more before it
--- claims
{"act": {"sub": "evil-agent-1"}}
--- reason: actor_not_allowed


=== TEST 4: a newline behind it
--- claims
{"act": {"sub": "agent-1\n"}}
--- reason: bad_claim


=== TEST 5: case matters
--- claims
{"act": {"sub": "AGENT-1"}}
--- reason: actor_not_allowed


=== TEST 6: alternatives are matched whole, the first
--- policy
actor_token_actors "~agent|bot-1";
--- claims
{"act": {"sub": "agent"}}


=== TEST 7: the second
--- claims
{"act": {"sub": "bot-1"}}


=== TEST 8: not a part of one
--- claims
{"act": {"sub": "agent-evil"}}
--- reason: actor_not_allowed


=== TEST 9: nor the end of the other
--- claims
{"act": {"sub": "evil-bot-1"}}
--- reason: actor_not_allowed


=== TEST 10: a shorter alternative does not hide a longer one
--- policy
actor_token_actors "~a|ab";
--- claims
{"act": {"sub": "ab"}}


=== TEST 11: an expression that is anchored already
--- policy
actor_token_actors "~^agent-\d+$";
--- vars
actor: agent-1


=== TEST 12: and does not match
--- claims
{"act": {"sub": "agent-x"}}
--- reason: actor_not_allowed


=== TEST 13: captures of the location stay as they are
--- config
include policy.conf;
root html;
location ~ ^/(first|second) {
    actor_token_actors "~(agent)-(?<n>\d)";
    add_header X-Capture "$1";
    try_files /index.html =404;
}
--- request
GET /first
--- response_headers
X-Capture: first


=== TEST 14: an error of the engine denies
--- policy
actor_token_actors "~(a+)+b";
--- claims eval
{act => {sub => 'a' x 2000 . 'c'}}
--- reason: actor_not_allowed


=== TEST 15: no expression
--- policy
actor_token_actors "~(("; #<
--- must_die
((


=== TEST 16: nothing behind the tilde
--- policy
actor_token_actors "~"; #<
--- must_die
actor_token_actors


=== TEST 17: a comment in the expression does not undo the anchor
--- policy
actor_token_actors "~(?x)agent-1 #"; #<
--- must_die
agent-1


=== TEST 18: nor a parenthesis
--- policy
actor_token_actors "~agent-1)|(.*"; #<
--- must_die
agent-1)|(.*


=== TEST 19: multi-line mode does not either
--- policy
actor_token_actors "~(?m)agent-1";
--- claims
{"act": {"sub": "agent-1-evil"}}
--- reason: actor_not_allowed
