# Claims that an issuer must send.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: present
--- issuer
require_claim ver;
--- claims
{"ver": "2.0"}


=== TEST 2: absent
--- reason: claim_missing
--- logged
ver


=== TEST 3: null
--- claims
{"ver": null}
--- reason: claim_missing


=== TEST 4: any type will do
--- claims
{"ver": false}


=== TEST 5: even empty
--- claims
{"ver": ""}


=== TEST 6: a value
--- issuer
require_claim ver =2.0 =2.1;
--- claims
{"ver": "2.0"}


=== TEST 7: another of them
--- claims
{"ver": "2.1"}


=== TEST 8: none of them
--- claims
{"ver": "1.0"}
--- reason: claim_mismatch
--- logged
ver
2.0
1.0


=== TEST 9: case matters
--- issuer
require_claim kind =Agent;
--- claims
{"kind": "agent"}
--- reason: claim_mismatch


=== TEST 10: a number is no string
--- issuer
require_claim ver =2;
--- claims
{"ver": 2}
--- reason: claim_mismatch


=== TEST 11: nor is an array with the string in it
--- claims
{"ver": ["2"]}
--- reason: claim_mismatch


=== TEST 12: the string itself
--- claims
{"ver": "2"}


=== TEST 13: absent
--- reason: claim_missing


=== TEST 14: a path, and a second directive
--- issuer
require_claim cfg region =eu;
require_claim ver;
--- claims
{"cfg": {"region": "eu"}, "ver": 1}


=== TEST 15: the first fails
--- claims
{"cfg": {"region": "us"}, "ver": 1}
--- reason: claim_mismatch


=== TEST 16: the second fails
--- claims
{"cfg": {"region": "eu"}}
--- reason: claim_missing


=== TEST 17: the path leads nowhere
--- claims
{"cfg": {}, "ver": 1}
--- reason: claim_missing


=== TEST 18: an empty value is a value
--- issuer
require_claim note =;
--- claims
{"note": ""}


=== TEST 19: and another is not it
--- claims
{"note": "x"}
--- reason: claim_mismatch


=== TEST 20: a name must come before the values
--- issuer
require_claim =x; #<
--- must_die
require_claim
