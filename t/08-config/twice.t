# What is not repeatable stands once in a block, or a level, and no second time.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: actor_token_trust twice
--- policy
actor_token_trust any;
actor_token_trust acme; #<
--- must_die
"actor_token_trust" directive is duplicate


=== TEST 2: all in one actor_token_trust
--- policy
actor_token_trust acme;


=== TEST 3: actor_token_audience twice
--- policy
actor_token_audience https://a.example;
actor_token_audience https://api.example.com; #<
--- must_die
"actor_token_audience" directive is duplicate


=== TEST 4: all in one actor_token_audience
--- policy
actor_token_audience https://a.example https://api.example.com;


=== TEST 5: actor_token_federation twice
--- policy
actor_token_federation acme;
actor_token_federation globex; #<
--- must_die
"actor_token_federation" directive is duplicate


=== TEST 6: all in one actor_token_federation
--- policy
actor_token_federation acme globex;


=== TEST 7: actor_token_scope twice
--- policy
actor_token_scope read;
actor_token_scope write; #<
--- must_die
"actor_token_scope" directive is duplicate


=== TEST 8: all in one actor_token_scope
--- policy
actor_token_scope read write;
--- claims
{"scope": "read write"}


=== TEST 9: type twice
--- issuer
type at+jwt;
type JWT; #<
--- must_die
"type" directive is duplicate


=== TEST 10: all in one type
--- issuer
type at+jwt JWT;


=== TEST 11: actor_claim twice
--- issuer
actor_claim azp;
actor_claim appid; #<
--- must_die
"actor_claim" directive is duplicate


=== TEST 12: all in one actor_claim
--- issuer
actor_claim azp appid;
