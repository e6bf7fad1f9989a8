# Issuers that send no "act": a claim names the actor.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: the claim names the actor
--- issuer
actor_claim azp;
--- policy
actor_token_delegation optional;
--- claims
{"act": "(absent)", "azp": "app-1"}
--- vars
actor: app-1
actor_issuer: https://login.acme.example
actor_tenant: acme
depth: 1
chain: [{"sub":"app-1"}]
subject: user-1


=== TEST 2: act wins (standards 42: OAuth Actor Profile)
--- claims
{"act": {"sub": "agent-1"}, "azp": "app-1"}
--- vars
actor: agent-1
depth: 1


=== TEST 3: a malformed act is not replaced by the claim
--- claims
{"act": "agent-1", "azp": "app-1"}
--- reason: actor_malformed


=== TEST 4: nor is a null one
--- claims
{"act": null, "azp": "app-1"}
--- reason: actor_malformed


=== TEST 5: neither act nor claim: direct
--- claims
{"act": "(absent)"}
--- vars
actor:
depth: 0
chain: []


=== TEST 6: the actor is the subject: direct (standards 49a: RFC 9068, section 5)
--- claims
{"act": "(absent)", "azp": "user-1"}
--- vars
actor:
depth: 0
chain: []


=== TEST 7: an empty claim
--- claims
{"act": "(absent)", "azp": ""}
--- reason: actor_malformed


=== TEST 8: a number
--- claims
{"act": "(absent)", "azp": 1}
--- reason: actor_malformed


=== TEST 9: an object
--- claims
{"act": "(absent)", "azp": {"sub": "app-1"}}
--- reason: actor_malformed


=== TEST 10: unless: the claim has the value (standards 49a: RFC 9700, section 4.15)
--- issuer
actor_claim appid unless=idtyp:app;
--- policy
actor_token_delegation optional;
--- claims
{"act": "(absent)", "appid": "app-1", "idtyp": "app"}
--- vars
actor:
depth: 0


=== TEST 11: another value
--- claims
{"act": "(absent)", "appid": "app-1", "idtyp": "user"}
--- vars
actor: app-1
depth: 1


=== TEST 12: absent
--- claims
{"act": "(absent)", "appid": "app-1"}
--- vars
actor: app-1


=== TEST 13: case matters
--- claims
{"act": "(absent)", "appid": "app-1", "idtyp": "App"}
--- vars
actor: app-1


=== TEST 14: act wins over unless as well
--- claims
{"appid": "app-1", "idtyp": "app"}
--- vars
actor: agent-1


=== TEST 15: a path
--- issuer
actor_claim client id;
--- claims
{"act": "(absent)", "client": {"id": "app-1"}}
--- vars
actor: app-1


=== TEST 16: a path that leads nowhere, where an actor is required
--- claims
{"act": "(absent)", "client": {}}
--- reason: actor_missing


=== TEST 17: without the directive, azp is no actor
--- issuer
--- claims
{"act": "(absent)", "azp": "app-1"}
--- reason: actor_missing


=== TEST 18: such an actor is matched as any other
--- issuer
actor_claim azp;
--- policy
actor_token_actors app-2;
--- claims
{"act": "(absent)", "azp": "app-1"}
--- reason: actor_not_allowed


=== TEST 19: and admitted as any other
--- claims
{"act": "(absent)", "azp": "app-2"}
--- vars
actor: app-2


=== TEST 20: unless= without a value
--- issuer
actor_claim azp unless=idtyp; #<
--- must_die
unless=


=== TEST 21: unless= alone
--- issuer
actor_claim unless=idtyp:app; #<
--- must_die
actor_claim
