# Scopes that must be granted.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: all of them
--- policy
actor_token_scope read write;
--- claims
{"scope": "write read admin"}
--- vars
scope: write read admin


=== TEST 2: one is missing
--- claims
{"scope": "read admin"}
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="read write"
--- logged
write


=== TEST 3: a longer word (standards 50: RFC 8693, section 4.2)
--- claims
{"scope": "read writer"}
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="read write"


=== TEST 4: a part of a word
--- claims
{"scope": "read rewrite"}
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="read write"


=== TEST 5: case matters
--- claims
{"scope": "read Write"}
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="read write"


=== TEST 6: empty
--- claims
{"scope": ""}
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="read write"


=== TEST 7: absent
--- claims
{"scope": "(absent)"}
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="read write"


=== TEST 8: scope as an array is of the wrong type
--- claims
{"scope": ["read", "write"]}
--- reason: bad_claim


=== TEST 9: scp as a string
--- claims
{"scope": "(absent)", "scp": "read write"}
--- vars
scope: read write


=== TEST 10: scp as an array
--- claims
{"scope": "(absent)", "scp": ["write", "read"]}
--- vars
scope: write read


=== TEST 11: elements of it are compared whole (standards 50: RFC 8693, section 4.2)
--- claims
{"scope": "(absent)", "scp": ["read write"]}
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="read write"


=== TEST 12: an array with a number
--- claims
{"scope": "(absent)", "scp": ["read", "write", 1]}
--- reason: bad_claim


=== TEST 13: scp as a number
--- claims
{"scope": "(absent)", "scp": 1}
--- reason: bad_claim


=== TEST 14: where scope is present, scp does not count
--- claims
{"scope": "read", "scp": "read write"}
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="read write"


=== TEST 15: a location replaces the server's
--- config
include policy.conf;
actor_token_scope admin;
root html;
location = /replace { actor_token_scope read; try_files /index.html =404; }
location = /off { actor_token_scope off; try_files /index.html =404; }
location = /inherit { try_files /index.html =404; }
--- request
GET /replace


=== TEST 16: off resets
--- request
GET /off
--- claims
{"scope": "(absent)"}
--- vars
scope:


=== TEST 17: inherited
--- request
GET /inherit
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="admin"


=== TEST 18: with its own
--- request
GET /inherit
--- claims
{"scope": "admin"}


=== TEST 19: a quote is no scope
--- policy
actor_token_scope 'a"b'; #<
--- must_die
a"b


=== TEST 20: off among scopes
--- policy
actor_token_scope off read; #<
--- must_die
off


=== TEST 21: no tabs between scopes: one word
--- policy
actor_token_scope read;
--- claims
{"scope": "write\tread"}
--- reason: bad_claim


=== TEST 22: an empty array of scopes grants none
--- policy
actor_token_scope read write;
--- claims
{"scope": "(absent)", "scp": []}
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="read write"
--- vars
scope:


=== TEST 23: an array with both
--- claims
{"scope": "(absent)", "scp": ["read", "write"]}
