# Values that must be non-empty and not 0.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: non-empty
--- policy
actor_token_require $arg_a;
--- request
GET /t?a=1


=== TEST 2: empty
--- request
GET /t?a=
--- reason: requirement_failed
--- audit
{"sub": "user-1", "accepted": false, "http_status": 403}


=== TEST 3: absent
--- request
GET /t
--- reason: requirement_failed


=== TEST 4: zero
--- request
GET /t?a=0
--- reason: requirement_failed


=== TEST 5: two zeros are something else
--- request
GET /t?a=00


=== TEST 6: several values, all good
--- policy
actor_token_require $arg_a $arg_b;
--- request
GET /t?a=1&b=1


=== TEST 7: the second is not
--- request
GET /t?a=1&b=0
--- reason: requirement_failed


=== TEST 8: the first is not
--- request
GET /t?b=1
--- reason: requirement_failed


=== TEST 9: error=401
--- policy
actor_token_require $arg_a error=401;
actor_token_require $arg_b;
actor_token_require $arg_c error=403;
--- request
GET /t?b=1&c=1
--- reason: requirement_failed
--- error_code: 401
--- challenge: Bearer realm="test"
--- audit
{"http_status": 401}


=== TEST 10: each has its own code
--- request
GET /t?a=1&c=1
--- reason: requirement_failed
--- error_code: 403


=== TEST 11: the third
--- request
GET /t?a=1&b=1
--- reason: requirement_failed
--- error_code: 403


=== TEST 12: all of them
--- request
GET /t?a=1&b=1&c=1


=== TEST 13: identity is there while it is evaluated
--- http_config
map "$actor_token_subject $actor_token_actor $actor_token_tenant" $admitted {
    volatile;
    default                     0;
    "~^user-1 agent-1 acme$"    1;
}
--- policy
actor_token_require $admitted;


=== TEST 14: another subject
--- claims
{"sub": "user-2"}
--- reason: requirement_failed


=== TEST 15: a map ignores case unless its key is an expression
--- claims
{"sub": "USER-1"}
--- reason: requirement_failed


=== TEST 16: a claim
--- http_config
#
--- policy
actor_token_require $actor_token_claim_admin;
--- claims
{"admin": true}


=== TEST 17: that is false
--- claims
{"admin": false}
--- reason: requirement_failed


=== TEST 18: that is absent
--- reason: requirement_failed


=== TEST 19: a location replaces the server's
--- config
include policy.conf;
actor_token_require $arg_a;
root html;
location = /replace { actor_token_require $arg_b; try_files /index.html =404; }
location = /off { actor_token_require off; try_files /index.html =404; }
location = /inherit { try_files /index.html =404; }
--- request
GET /replace?b=1


=== TEST 20: and does not add to it
--- request
GET /replace?a=1
--- reason: requirement_failed


=== TEST 21: off resets
--- request
GET /off


=== TEST 22: inherited
--- request
GET /inherit
--- reason: requirement_failed


=== TEST 23: evaluated after everything else
--- request
GET /inherit
--- claims
{"exp": "now-100", "iat": "now-200"}
--- reason: expired


=== TEST 24: another code
--- policy
actor_token_require $arg_a error=404; #<
--- must_die
error=404


=== TEST 25: a constant
--- policy
actor_token_require yes; #<
--- must_die
yes


=== TEST 26: no value
--- policy
actor_token_require error=401; #<
--- must_die
actor_token_require


=== TEST 27: off among values
--- policy
actor_token_require off $arg_a; #<
--- must_die
off
