# What a client sends never breaks a header or a log line.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: a realm made of the decoded URI (standards 67: RFC 9110, section 5.5)
--- config
location ~ ^/ {
    actor_token "$uri";
    actor_token_audience "https://api.example.com$uri";
    actor_token_tenant acme;
    actor_token_resource_metadata "https://api.example.com$uri";
    root html;
}
--- request
GET /t%0d%0aX-Injected:%201
--- no_token
--- reason: missing
--- challenge_any
--- response_headers
! X-Injected
--- error_log
actor_token_resource_metadata


=== TEST 2: without anything odd
--- request
GET /t
--- no_token
--- reason: missing
--- challenge: Bearer realm="/t", resource_metadata="https://api.example.com/t"


=== TEST 3: an audience that is logged
--- request
GET /t%0aactor%20token%20rejected:%20x
--- reason: audience_mismatch
--- challenge_any
--- log_lines: 1
--- response_headers
! X-Injected


=== TEST 4: a quote in the realm
--- request
GET /t%22
--- no_token
--- reason: missing
--- challenge: Bearer realm="/t\""


=== TEST 5: bytes that are no ASCII stay what they are, in quotes
--- request
GET /t%c3%a4
--- no_token
--- reason: missing
--- challenge_any
--- raw_response_headers_like: \nWWW-Authenticate: Bearer realm="/t[^"\r\n]*"


=== TEST 6: a host of odd bytes, which newer versions of nginx refuse
--- config
include policy.conf;
location /t { root html; try_files /index.html =404; }
--- raw_request eval
"GET /t HTTP/1.1\r\nHost: a\xff\"b\\c\r\nConnection: close\r\nAuthorization: Bearer \$TOKEN\r\n\r\n"
--- reason eval
nginx_since('1.29.4') ? '-' : 'ok'
--- error_code eval
nginx_since('1.29.4') ? 400 : 200


=== TEST 7: HTTP/1.0 without a host
--- raw_request eval
"GET /t HTTP/1.0\r\nAuthorization: Bearer \$TOKEN\r\n\r\n"


=== TEST 8: an X-Forwarded-For, a Referer and a User-Agent of odd bytes do no harm
--- raw_request eval
"GET /t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nReferer: \xff\"\\\r\nUser-Agent: \x01\x7f\r\n\r\n"
--- no_token
--- reason: missing
