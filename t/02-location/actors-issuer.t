# Actors of a certain issuer block, or named by a certain authority.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: issuer=: tokens of that block
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
    actor_issuers https://login.acme.example https://agents.example;
}
actor_token_issuer beta {
    issuer https://login.beta.example;
    jwks beta.jwks;
    tenant acme;
    actor_issuers https://login.beta.example https://agents.example;
}
--- config
include policy.conf;
actor_token_trust any;
root html;
location = /issuer {
    actor_token_actors issuer=acme agent-1;
    try_files /index.html =404;
}
location = /iss {
    actor_token_actors iss=https://agents.example agent-1;
    try_files /index.html =404;
}
location = /both {
    actor_token_actors issuer=beta iss=https://agents.example agent-1;
    try_files /index.html =404;
}
location = /neither {
    actor_token_actors agent-1;
    try_files /index.html =404;
}
location = /own {
    actor_token_actors iss=https://login.acme.example agent-1;
    try_files /index.html =404;
}
location = /lines {
    actor_token_actors issuer=acme agent-1;
    actor_token_actors issuer=beta agent-2;
    try_files /index.html =404;
}
--- request
GET /issuer


=== TEST 2: tokens of another block
--- request
GET /issuer
--- signer: beta
--- claims
{"iss": "https://login.beta.example"}
--- reason: actor_not_allowed


=== TEST 3: iss=: the actor's issuer
--- request
GET /iss
--- claims
{"act": {"iss": "https://agents.example", "sub": "agent-1"}}
--- vars
actor_issuer: https://agents.example


=== TEST 4: from the other block as well
--- request
GET /iss
--- signer: beta
--- claims
{"iss": "https://login.beta.example", "act": {"iss": "https://agents.example", "sub": "agent-1"}}


=== TEST 5: the same name of the token's own issuer
--- request
GET /iss
--- reason: actor_not_allowed


=== TEST 6: another name of the right issuer
--- request
GET /iss
--- claims
{"act": {"iss": "https://agents.example", "sub": "agent-2"}}
--- reason: actor_not_allowed


=== TEST 7: both
--- request
GET /both
--- signer: beta
--- claims
{"iss": "https://login.beta.example", "act": {"iss": "https://agents.example", "sub": "agent-1"}}


=== TEST 8: both, but the block is another
--- request
GET /both
--- claims
{"act": {"iss": "https://agents.example", "sub": "agent-1"}}
--- reason: actor_not_allowed


=== TEST 9: both, but the actor's issuer is another
--- request
GET /both
--- signer: beta
--- claims
{"iss": "https://login.beta.example"}
--- reason: actor_not_allowed


=== TEST 10: neither: the token issuer's own namespace
--- request
GET /neither


=== TEST 11: of any trusted block
--- request
GET /neither
--- signer: beta
--- claims
{"iss": "https://login.beta.example"}


=== TEST 12: its own, said
--- request
GET /neither
--- claims
{"act": {"iss": "https://login.acme.example", "sub": "agent-1"}}


=== TEST 13: an actor of a foreign namespace, of the same name (standards 41: RFC 8693, section 4.1)
--- request
GET /neither
--- claims
{"act": {"iss": "https://agents.example", "sub": "agent-1"}}
--- reason: actor_not_allowed
--- logged
https://agents.example


=== TEST 14: iss= with the token's own issuer, left out in act
--- request
GET /own


=== TEST 15: and said
--- request
GET /own
--- claims
{"act": {"iss": "https://login.acme.example", "sub": "agent-1"}}


=== TEST 16: iss= is compared byte for byte
--- request
GET /own
--- signer: beta
--- claims
{"iss": "https://login.beta.example"}
--- reason: actor_not_allowed


=== TEST 17: each line with its own block
--- request
GET /lines
--- signer: beta
--- claims
{"iss": "https://login.beta.example", "act": {"sub": "agent-2"}}


=== TEST 18: not crosswise
--- request
GET /lines
--- claims
{"act": {"sub": "agent-2"}}
--- reason: actor_not_allowed


=== TEST 19: issuer= with an actor of a foreign namespace
--- request
GET /issuer
--- claims
{"act": {"iss": "https://agents.example", "sub": "agent-1"}}


=== TEST 20: a line with neither, where several issuers are trusted
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
actor_token_issuer beta {
    issuer https://login.beta.example;
    jwks beta.jwks;
    tenant acme;
}
--- config
include policy.conf;
actor_token_trust any;
location /t {
    actor_token_actors agent-1; #<
    root html;
    try_files /index.html =404;
}
--- notice
actor_token_actors


=== TEST 21: where one is trusted
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
actor_token_issuer beta {
    issuer https://login.beta.example;
    jwks beta.jwks;
    tenant acme;
}
--- config
include policy.conf;
actor_token_trust acme;
location /t {
    actor_token_actors agent-1;
    root html;
    try_files /index.html =404;
}
--- no_notice
actor_token_actors


=== TEST 22: a line with an issuer
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
actor_token_issuer beta {
    issuer https://login.beta.example;
    jwks beta.jwks;
    tenant acme;
}
--- config
include policy.conf;
actor_token_trust any;
location /t {
    actor_token_actors issuer=acme agent-1;
    root html;
    try_files /index.html =404;
}
--- no_notice
actor_token_actors


=== TEST 23: issuer= with a block that is not trusted there
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
actor_token_issuer beta {
    issuer https://login.beta.example;
    jwks beta.jwks;
    tenant acme;
}
--- config
include policy.conf;
location /t {
    actor_token_trust acme;
    actor_token_actors issuer=beta agent-1; #<
}
--- must_die
beta
