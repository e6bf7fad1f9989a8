# Extensions that must be understood.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: one (standards 12: RFC 7515, section 4.1.11)
--- jose
{"crit": ["x"], "x": 1}
--- reason: crit_unsupported


=== TEST 2: without crit, the same member is ignored
--- jose
{"x": 1}


=== TEST 3: b64: false (RFC 7797) (standards 12: RFC 7797, section 7)
--- jose
{"crit": ["b64"], "b64": false}
--- reason: crit_unsupported


=== TEST 4: b64: true
--- jose
{"crit": ["b64"], "b64": true}
--- reason: crit_unsupported


=== TEST 5: b64: false without crit
--- jose
{"b64": false}
--- reason: crit_unsupported


=== TEST 6: an empty list
--- jose
{"crit": []}
--- reason: crit_unsupported


=== TEST 7: not a list
--- jose
{"crit": "x", "x": 1}
--- reason: crit_unsupported


=== TEST 8: null
--- jose
{"crit": null}
--- reason: crit_unsupported


=== TEST 9: a name of the standard
--- jose
{"crit": ["alg"]}
--- reason: crit_unsupported


=== TEST 10: a name that the header has not
--- jose
{"crit": ["y"]}
--- reason: crit_unsupported


=== TEST 11: in another case it is another member
--- jose
{"Crit": ["x"]}
