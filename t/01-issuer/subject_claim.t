# The claim that names the subject.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: sub is the default
--- vars
subject: user-1


=== TEST 2: absent
--- claims
{"sub": "(absent)"}
--- reason: claim_missing
--- logged
sub


=== TEST 3: empty
--- claims
{"sub": ""}
--- reason: claim_missing


=== TEST 4: a number
--- claims
{"sub": 1}
--- reason: bad_claim


=== TEST 5: an array
--- claims
{"sub": ["user-1"]}
--- reason: bad_claim


=== TEST 6: another claim
--- issuer
subject_claim oid;
--- claims
{"oid": "object-1"}
--- vars
subject: object-1


=== TEST 7: then sub does not stand in
--- reason: claim_missing
--- logged
oid


=== TEST 8: and sub may be absent
--- claims
{"oid": "object-1", "sub": "(absent)"}
--- vars
subject: object-1


=== TEST 9: though it must still be a string
--- claims
{"oid": "object-1", "sub": 7}
--- reason: bad_claim


=== TEST 10: the other claim as a number
--- claims
{"oid": 1}
--- reason: bad_claim


=== TEST 11: a path
--- issuer
subject_claim user id;
--- claims
{"user": {"id": "nested-1"}}
--- vars
subject: nested-1


=== TEST 12: a path that leads nowhere
--- claims
{"user": {"name": "nested-1"}}
--- reason: claim_missing


=== TEST 13: nor does an empty sub, which is none, beside another claim
--- issuer
subject_claim oid;
--- claims
{"oid": "object-1", "sub": ""}
--- reason: claim_missing
--- logged
"sub" is empty
