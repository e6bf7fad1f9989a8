# A location that does not trust the issuer refuses what another remembers.

use lib 't/lib';
use Test::Nginx::ActorToken;

repeat_each(1);
no_shuffle();

our $token = token();

run_tests();

__DATA__

=== TEST 1: accepted
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
root html;
location = /any { try_files /index.html =404; }
location = /beta { actor_token_trust beta; try_files /index.html =404; }
--- token eval: $::token
--- request
GET /any
--- vars
cache_status: MISS


=== TEST 2: remembered, and not trusted (standards 72: a decision of this module)
--- token eval: $::token
--- request
GET /beta
--- reason: untrusted_issuer
--- vars
cache_status: HIT


=== TEST 3: remembered
--- token eval: $::token
--- request
GET /any
--- vars
cache_status: HIT
