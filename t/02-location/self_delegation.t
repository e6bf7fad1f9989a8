# An actor that is the subject itself is no delegation.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: the same subject, the issuer left out
--- claims
{"act": {"sub": "user-1"}}
--- reason: self_delegation


=== TEST 2: the same subject of the same issuer (standards 46: OAuth Actor Profile)
--- claims
{"act": {"iss": "https://login.acme.example", "sub": "user-1"}}
--- reason: self_delegation


=== TEST 3: another case is another subject
--- claims
{"act": {"sub": "User-1"}}
--- vars
actor: User-1


=== TEST 4: the same name of another issuer (standards 28: RFC 7519, section 4.1.2)
--- issuer
actor_issuers https://agents.example https://login.acme.example;
--- claims
{"act": {"iss": "https://agents.example", "sub": "user-1"}}
--- vars
actor: user-1
actor_issuer: https://agents.example


=== TEST 5: the subject as an inner actor
--- claims
{"act": {"sub": "agent-1", "act": {"sub": "user-1"}}}
--- vars
actor: agent-1


=== TEST 6: optional
--- policy
actor_token_delegation optional;
--- claims
{"act": {"sub": "user-1"}}
--- reason: self_delegation


=== TEST 7: told before the patterns
--- policy
actor_token_actors agent-2;
--- claims
{"act": {"sub": "user-1"}}
--- reason: self_delegation


=== TEST 8: and after the actor's issuer
--- issuer
actor_issuers https://agents.example;
--- claims
{"act": {"sub": "user-1"}}
--- reason: actor_issuer_not_allowed


=== TEST 9: where another claim names the subject, "sub" is the same subject
--- issuer
subject_claim oid;
--- claims
{"oid": "object-1", "act": {"sub": "user-1"}}
--- reason: self_delegation


=== TEST 10: as is the claim
--- claims
{"oid": "object-1", "act": {"sub": "object-1"}}
--- reason: self_delegation


=== TEST 11: another actor
--- claims
{"oid": "object-1", "act": {"sub": "object-2"}}
--- vars
subject: object-1
actor: object-2


=== TEST 12: an actor that a claim names is not "sub" for that
--- issuer
subject_claim oid;
actor_claim azp;
--- claims
{"oid": "object-1", "azp": "user-1", "act": "(absent)"}
--- vars
subject: object-1
actor: user-1


=== TEST 13: but a direct token where it is the subject
--- issuer
subject_claim oid;
actor_claim azp;
--- policy
actor_token_delegation optional;
--- claims
{"oid": "object-1", "azp": "object-1", "act": "(absent)"}
--- vars
subject: object-1
actor:
