# Audiences that an issuer adds to the location's.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: both are in aud
--- issuer
audience https://gateway.example https://other.example;
--- claims
{"aud": ["https://api.example.com", "https://gateway.example"]}
--- vars
audience: https://api.example.com


=== TEST 2: any one of the issuer's
--- claims
{"aud": ["https://other.example", "https://api.example.com"]}
--- vars
audience: https://api.example.com


=== TEST 3: only the location's
--- claims
{"aud": "https://api.example.com"}
--- reason: audience_mismatch
--- logged
issuer: "acme"
https://gateway.example


=== TEST 4: only the issuer's
--- claims
{"aud": "https://gateway.example"}
--- reason: audience_mismatch


=== TEST 5: still wanted where the location wants none
--- issuer
audience https://gateway.example;
--- policy
actor_token_audience off;
--- claims
{"aud": "https://gateway.example"}
--- vars
audience:


=== TEST 6: and missing
--- claims
{"aud": "https://elsewhere.example"}
--- reason: audience_mismatch


=== TEST 7: absent altogether
--- claims
{"aud": "(absent)"}
--- reason: audience_mismatch
