# The actor issuers that an issuer may assert.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: without the directive, the token's own: said
--- claims
{"act": {"iss": "https://login.acme.example", "sub": "agent-1"}}
--- vars
actor_issuer: https://login.acme.example
chain: [{"iss":"https://login.acme.example","sub":"agent-1"}]


=== TEST 2: or left out
--- vars
actor_issuer: https://login.acme.example
chain: [{"sub":"agent-1"}]


=== TEST 3: and no other (standards 41: RFC 8693, section 4.1)
--- claims
{"act": {"iss": "https://agents.example", "sub": "agent-1"}}
--- reason: actor_issuer_not_allowed
--- logged
https://agents.example


=== TEST 4: compared byte for byte
--- claims
{"act": {"iss": "https://login.acme.example/", "sub": "agent-1"}}
--- reason: actor_issuer_not_allowed


=== TEST 5: only the current actor's is compared
--- claims
{"act": {"sub": "agent-1", "act": {"iss": "https://elsewhere.example", "sub": "agent-0"}}}
--- vars
actor: agent-1
chain: [{"sub":"agent-1"},{"iss":"https://elsewhere.example","sub":"agent-0"}]
depth: 2


=== TEST 6: those that are named
--- issuer
actor_issuers https://agents.example https://bots.example;
--- claims
{"act": {"iss": "https://bots.example", "sub": "agent-1"}}
--- vars
actor: agent-1
actor_issuer: https://bots.example
actor_tenant: acme


=== TEST 7: then the token's own is not among them
--- claims
{"act": {"iss": "https://login.acme.example", "sub": "agent-1"}}
--- reason: actor_issuer_not_allowed


=== TEST 8: nor when it is left out
--- reason: actor_issuer_not_allowed


=== TEST 9: case matters
--- claims
{"act": {"iss": "https://BOTS.example", "sub": "agent-1"}}
--- reason: actor_issuer_not_allowed


=== TEST 10: with its own among them
--- issuer
actor_issuers https://agents.example https://login.acme.example;
--- vars
actor_issuer: https://login.acme.example


=== TEST 11: an actor_claim names an actor of the token's own issuer
--- issuer
actor_claim azp;
actor_issuers https://agents.example;
--- claims
{"act": "(absent)", "azp": "app-1"}
--- reason: actor_issuer_not_allowed


=== TEST 12: a templated issuer's own
--- issuers
actor_token_issuer cloud {
    issuer "https://login.cloud.example/{tenant}";
    jwks acme.jwks;
}
--- claims
{"iss": "https://login.cloud.example/acme", "act": {"iss": "https://login.cloud.example/acme", "sub": "agent-1"}}
--- vars
actor_issuer: https://login.cloud.example/acme


=== TEST 13: is not another tenant's
--- claims
{"iss": "https://login.cloud.example/acme", "act": {"iss": "https://login.cloud.example/beta", "sub": "agent-1"}}
--- reason: actor_issuer_not_allowed
