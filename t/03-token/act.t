# The shape of "act", whatever the mode.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: an object with a sub
--- vars
actor: agent-1


=== TEST 2: a string
--- claims
{"act": "agent-1"}
--- reason: actor_malformed


=== TEST 3: null (standards 43: RFC 9068, section 4)
--- claims
{"act": null}
--- reason: actor_malformed


=== TEST 4: an array with an object
--- claims
{"act": [{"sub": "agent-1"}]}
--- reason: actor_malformed


=== TEST 5: a number
--- claims
{"act": 1}
--- reason: actor_malformed


=== TEST 6: true
--- claims
{"act": true}
--- reason: actor_malformed


=== TEST 7: an empty object
--- claims
{"act": {}}
--- reason: actor_malformed


=== TEST 8: an empty sub (standards 40: RFC 8693, section 4.1)
--- claims
{"act": {"sub": ""}}
--- reason: actor_malformed


=== TEST 9: sub null
--- claims
{"act": {"sub": null}}
--- reason: actor_malformed


=== TEST 10: sub a number
--- claims
{"act": {"sub": 1}}
--- reason: actor_malformed


=== TEST 11: only a client_id
--- claims
{"act": {"client_id": "agent-1"}}
--- reason: actor_malformed


=== TEST 12: iss a number
--- claims
{"act": {"iss": 1, "sub": "agent-1"}}
--- reason: actor_malformed


=== TEST 13: iss null
--- claims
{"act": {"iss": null, "sub": "agent-1"}}
--- reason: actor_malformed


=== TEST 14: iss empty
--- claims
{"act": {"iss": "", "sub": "agent-1"}}
--- reason: actor_malformed


=== TEST 15: an inner act that is a string
--- claims
{"act": {"sub": "agent-1", "act": "agent-0"}}
--- reason: actor_malformed


=== TEST 16: an inner act that is null
--- claims
{"act": {"sub": "agent-1", "act": null}}
--- reason: actor_malformed


=== TEST 17: an inner act without sub (standards 40: RFC 8693, section 4.1)
--- claims
{"act": {"sub": "agent-1", "act": {"iss": "https://login.acme.example"}}}
--- reason: actor_malformed


=== TEST 18: an inner act with an iss of the wrong type
--- claims
{"act": {"sub": "agent-1", "act": {"iss": [], "sub": "agent-0"}}}
--- reason: actor_malformed


=== TEST 19: an inner act as it should be
--- claims
{"act": {"sub": "agent-1", "act": {"sub": "agent-0"}}}
--- vars
depth: 2


=== TEST 20: inner exp, nbf and aud are ignored (standards 40: RFC 8693, section 4.1)
--- claims
{"act": {"sub": "agent-1", "exp": 1, "nbf": 99999999999, "aud": "elsewhere"}}
--- vars
actor: agent-1


=== TEST 21: an embedded actortoken is no actor (standards 25: RFC 8725, section 3.3)
--- claims eval
{act => '(absent)', actortoken => token(claims => {sub => 'agent-1'})}
--- reason: actor_missing


=== TEST 22: nor is actort (standards 32: RFC 8725, section 3.3)
--- claims eval
{act => '(absent)', actort => token(claims => {sub => 'agent-1'})}
--- reason: actor_missing


=== TEST 23: an unsigned token around a signed one (CVE-2025-55241) (standards 15: RFC 9068, section 4)
--- token eval
unsigned(claims => {sub => 'admin', actortoken => token(claims => {sub => 'agent-1'})})
--- reason: algorithm_not_allowed


=== TEST 24: the genuine inner one is a token like any other (standards 49: RFC 8725, section 3.3)
--- token eval
token(claims => {sub => 'agent-1', act => '(absent)'})
--- reason: actor_missing


=== TEST 25: repeats in the chain are not cycles (standards 45: OAuth Actor Profile)
--- claims
{"act": {"sub": "agent-1", "act": {"sub": "agent-1"}}}
--- vars
depth: 2
