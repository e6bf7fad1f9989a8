# Whether a token must, may or must not carry an actor.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: required is the default: with an actor
--- vars
actor: agent-1
actor_issuer: https://login.acme.example
actor_tenant: acme
depth: 1
chain: [{"sub":"agent-1"}]


=== TEST 2: without
--- claims
{"act": "(absent)"}
--- reason: actor_missing


=== TEST 3: may_act is no actor (standards 44: RFC 8693, section 4.4)
--- claims
{"act": "(absent)", "may_act": {"sub": "agent-1"}}
--- reason: actor_missing


=== TEST 4: nor is client_id (standards 42: OAuth Actor Profile)
--- claims
{"act": "(absent)", "client_id": "agent-1", "azp": "agent-1"}
--- reason: actor_missing


=== TEST 5: required, as it is written
--- policy
actor_token_delegation required;
--- claims
{"act": "(absent)"}
--- reason: actor_missing


=== TEST 6: optional, with an actor
--- policy
actor_token_delegation optional;
--- vars
actor: agent-1


=== TEST 7: optional, without
--- claims
{"act": "(absent)"}
--- vars
actor:
actor_issuer:
actor_tenant:
chain: []
depth: 0


=== TEST 8: optional, and malformed (standards 43: OAuth Actor Profile)
--- claims
{"act": "agent-1"}
--- reason: actor_malformed


=== TEST 9: forbidden, without
--- policy
actor_token_delegation forbidden;
--- claims
{"act": "(absent)"}
--- vars
depth: 0


=== TEST 10: forbidden, with an actor
--- reason: delegation_forbidden


=== TEST 11: forbidden, and malformed
--- claims
{"act": null}
--- reason: actor_malformed


=== TEST 12: forbidden, and an empty object
--- claims
{"act": {}}
--- reason: actor_malformed


=== TEST 13: an actor that a claim names is forbidden too
--- issuer
actor_claim azp;
--- policy
actor_token_delegation forbidden;
--- claims
{"act": "(absent)", "azp": "app-1"}
--- reason: delegation_forbidden


=== TEST 14: a direct token is not
--- claims
{"act": "(absent)", "azp": "user-1"}
--- vars
depth: 0


=== TEST 15: a location replaces the server's
--- config
include policy.conf;
actor_token_delegation forbidden;
location /t {
    actor_token_delegation required;
    root html;
    try_files /index.html =404;
}
--- vars
actor: agent-1


=== TEST 16: another word
--- policy
actor_token_delegation maybe; #<
--- must_die
maybe


=== TEST 17: twice
--- policy
actor_token_delegation required;
actor_token_delegation optional; #<
--- must_die
"actor_token_delegation" directive is duplicate
