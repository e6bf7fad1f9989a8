# The audiences that a location accepts.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: a string
--- policy
actor_token_audience https://api.example.com api://$arg_aud;
--- claims
{"aud": "https://api.example.com"}
--- vars
audience: https://api.example.com


=== TEST 2: one of an array
--- claims
{"aud": ["https://other.example", "https://api.example.com"]}
--- vars
audience: https://api.example.com


=== TEST 3: another (standards 33: RFC 7519, section 4.1.3)
--- claims
{"aud": "https://other.example"}
--- reason: audience_mismatch
--- logged
https://api.example.com
https://other.example


=== TEST 4: case matters
--- claims
{"aud": "https://API.example.com"}
--- reason: audience_mismatch


=== TEST 5: no slash is added
--- claims
{"aud": "https://api.example.com/"}
--- reason: audience_mismatch


=== TEST 6: a prefix
--- claims
{"aud": "https://api.example.co"}
--- reason: audience_mismatch


=== TEST 7: bytes behind a NUL
--- claims eval
{aud => "https://api.example.com\0.evil.example"}
--- reason: audience_mismatch


=== TEST 8: absent (standards 33: RFC 9068, section 4)
--- claims
{"aud": "(absent)"}
--- reason: audience_mismatch


=== TEST 9: an empty array
--- claims
{"aud": []}
--- reason: audience_mismatch


=== TEST 10: an empty string
--- claims
{"aud": ""}
--- reason: audience_mismatch


=== TEST 11: null
--- claims
{"aud": null}
--- reason: bad_claim


=== TEST 12: a number
--- claims
{"aud": 1}
--- reason: bad_claim


=== TEST 13: an array with a number beside the right string (standards 33: RFC 7519, section 4.1.3)
--- claims
{"aud": ["https://api.example.com", 1]}
--- reason: bad_claim


=== TEST 14: an array in an array
--- claims
{"aud": [["https://api.example.com"]]}
--- reason: bad_claim


=== TEST 15: an object
--- claims
{"aud": {"https://api.example.com": true}}
--- reason: bad_claim


=== TEST 16: a value made of a variable
--- request
GET /t?aud=orders
--- claims
{"aud": "api://orders"}
--- vars
audience: api://orders


=== TEST 17: that does not fit
--- request
GET /t?aud=orders
--- claims
{"aud": "api://billing"}
--- reason: audience_mismatch


=== TEST 18: the first configured value that is found
--- request
GET /t?aud=orders
--- claims
{"aud": ["api://orders", "https://api.example.com"]}
--- vars
audience: https://api.example.com


=== TEST 19: a value that is empty never matches
--- policy
actor_token_audience $arg_aud;
--- claims
{"aud": ""}
--- reason: audience_mismatch


=== TEST 20: not even beside others
--- claims
{"aud": ["", "x"]}
--- reason: audience_mismatch


=== TEST 21: it matches when it is not
--- request
GET /t?aud=x
--- claims
{"aud": ["", "x"]}
--- vars
audience: x


=== TEST 22: off
--- policy
actor_token_audience off;
--- claims
{"aud": "https://other.example"}
--- vars
audience:


=== TEST 23: off, and absent
--- claims
{"aud": "(absent)"}
--- vars
audience:


=== TEST 24: off, and of the wrong type
--- claims
{"aud": 1}
--- reason: bad_claim


=== TEST 25: a location replaces the server's
--- policy
actor_token_audience https://other.example;
--- claims
{"aud": "https://other.example"}


=== TEST 26: and does not add to it
--- claims
{"aud": "https://api.example.com"}
--- reason: audience_mismatch


=== TEST 27: our own variables
--- policy
actor_token_audience $actor_token_client; #<
--- must_die
$actor_token_client


=== TEST 28: off among values
--- policy
actor_token_audience off https://a.example; #<
--- must_die
off


=== TEST 29: unset
--- config
location /t {
    actor_token test; #<
    actor_token_tenant acme;
}
--- must_die
actor_token_audience


=== TEST 30: off where it would be unset
--- config
location /t {
    actor_token test;
    actor_token_audience off;
    actor_token_tenant acme;
    root html;
    try_files /index.html =404;
}


=== TEST 31: a constant that is empty matches nothing either
--- policy
actor_token_audience "";
--- claims
{"aud": ["", "https://api.example.com"]}
--- reason: audience_mismatch
