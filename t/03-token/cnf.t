# A token that is bound to a key is never taken as a bearer token.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: DPoP (standards 52: RFC 7800, section 3)
--- claims
{"cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}}
--- reason: binding_unsupported


=== TEST 2: mutual TLS (standards 52: RFC 8705, section 3)
--- claims
{"cnf": {"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}}
--- reason: binding_unsupported


=== TEST 3: an empty object
--- claims
{"cnf": {}}
--- reason: binding_unsupported


=== TEST 4: null
--- claims
{"cnf": null}
--- reason: binding_unsupported


=== TEST 5: a string
--- claims
{"cnf": "x"}
--- reason: binding_unsupported


=== TEST 6: inside act it means nothing (standards 52: OAuth Actor Profile)
--- claims
{"act": {"sub": "agent-1", "cnf": {"jkt": "x"}}}


=== TEST 7: unsigned, the signature comes first (standards 22: RFC 7515, section 5.2)
--- token eval
token(signer => 'mallory', claims => {cnf => {}}, jose => {kid => 'acme'})
--- reason: bad_signature


=== TEST 8: a proof beside a token that is not bound is not looked at (standards 53a: OAuth Actor Profile)
--- more_headers
DPoP: x
