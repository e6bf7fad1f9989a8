# Where a client learns about the resource (RFC 9728).

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: in the challenge without an error (standards 63: RFC 9728, section 5.1)
--- policy
actor_token_resource_metadata https://api.example.com/.well-known/oauth-protected-resource;
--- no_token
--- reason: missing
--- challenge: Bearer realm="test", resource_metadata="https://api.example.com/.well-known/oauth-protected-resource"


=== TEST 2: in that of an invalid token
--- claims
{"exp": "now-100", "iat": "now-200"}
--- reason: expired
--- challenge: Bearer realm="test", error="invalid_token", resource_metadata="https://api.example.com/.well-known/oauth-protected-resource"


=== TEST 3: in that of a malformed request
--- no_token
--- authorization: Bearer
--- reason: malformed_request
--- challenge: Bearer realm="test", error="invalid_request", resource_metadata="https://api.example.com/.well-known/oauth-protected-resource"


=== TEST 4: in that of insufficient scope
--- policy
actor_token_resource_metadata https://api.example.com/meta;
actor_token_scope admin;
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="admin", resource_metadata="https://api.example.com/meta"


=== TEST 5: where there is no challenge there is none
--- policy
actor_token_resource_metadata https://api.example.com/meta;
--- claims
{"act": "(absent)"}
--- reason: actor_missing


=== TEST 6: with a variable
--- policy
actor_token_resource_metadata https://$host/meta$arg_x;
--- more_headers
Host: acme.example.com
--- no_token
--- reason: missing
--- challenge: Bearer realm="test", resource_metadata="https://acme.example.com/meta"


=== TEST 7: a value with a quote is left out and logged
--- request
GET /t?x="
--- no_token
--- reason: missing
--- challenge: Bearer realm="test"
--- error_log
actor_token_resource_metadata


=== TEST 8: a value with a space
--- policy
actor_token_resource_metadata "https://$http_x_where";
--- more_headers
X-Where: a b
--- no_token
--- reason: missing
--- challenge: Bearer realm="test"
--- error_log
actor_token_resource_metadata


=== TEST 9: with a backslash
--- more_headers
X-Where: a\b
--- no_token
--- reason: missing
--- challenge: Bearer realm="test"
--- error_log
actor_token_resource_metadata


=== TEST 10: with a control character
--- raw_request eval
"GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Where: a\tb\r\n\r\n"
--- no_token
--- reason: missing
--- challenge: Bearer realm="test"
--- error_log
actor_token_resource_metadata


=== TEST 11: without anything wrong
--- more_headers
X-Where: a/b
--- no_token
--- reason: missing
--- challenge: Bearer realm="test", resource_metadata="https://a/b"


=== TEST 12: that is no https URL
--- policy
actor_token_resource_metadata $http_x_where;
--- more_headers
X-Where: http://a/b
--- no_token
--- reason: missing
--- challenge: Bearer realm="test"
--- error_log
actor_token_resource_metadata


=== TEST 13: empty
--- no_token
--- reason: missing
--- challenge: Bearer realm="test"
--- error_log
actor_token_resource_metadata


=== TEST 14: a location replaces the server's
--- config
include policy.conf;
actor_token_resource_metadata https://api.example.com/server;
root html;
location = /own {
    actor_token_resource_metadata https://api.example.com/own;
    try_files /index.html =404;
}
location = /off {
    actor_token_resource_metadata off;
    try_files /index.html =404;
}
location = /inherit { try_files /index.html =404; }
--- request
GET /own
--- no_token
--- reason: missing
--- challenge: Bearer realm="test", resource_metadata="https://api.example.com/own"


=== TEST 15: off resets
--- request
GET /off
--- no_token
--- reason: missing
--- challenge: Bearer realm="test"


=== TEST 16: inherited
--- request
GET /inherit
--- no_token
--- reason: missing
--- challenge: Bearer realm="test", resource_metadata="https://api.example.com/server"


=== TEST 17: a constant that is no https URL
--- policy
actor_token_resource_metadata http://api.example.com/meta; #<
--- warning
"http://api.example.com/meta" is not an https URL, and will be left out
--- no_token
--- reason: missing
--- challenge: Bearer realm="test"
--- error_log
actor_token_resource_metadata


=== TEST 18: an https URL without a host
--- policy
actor_token_resource_metadata https:///meta; #<
--- warning
"https:///meta" is not an https URL, and will be left out
--- no_token
--- reason: missing
--- challenge: Bearer realm="test"
--- error_log
actor_token_resource_metadata


=== TEST 19: one with bytes that no URL has
--- policy
actor_token_resource_metadata "https://api.example.com/é"; #<
--- warning
is not an https URL, and will be left out
--- no_token
--- reason: missing
--- challenge: Bearer realm="test"
--- error_log
actor_token_resource_metadata
