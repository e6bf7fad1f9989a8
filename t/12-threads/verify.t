# Signatures that are verified in a thread pool.

use lib 't/lib';
use Test::Nginx::ActorToken;

plan(skip_all => 'nginx has no threads') unless nginx_has('threads');

run_tests();

__DATA__

=== TEST 1: accepted
--- http_config
actor_token_cache off;
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    jwks ed448.jwks;
    jwks p521.jwks;
    jwks rsa3072.jwks;
    key hs256.secret alg=HS256 kid=hs256;
    algorithms ES256 EdDSA ES512 RS256 PS256 HS256;
    tenant acme;
}
--- config
include policy.conf;
actor_token_threads default;
root html;
location = /t { try_files /index.html =404; }
location = /off { actor_token_threads off; try_files /index.html =404; }
location = /scope { actor_token_scope admin; try_files /index.html =404; }
location = /early {
    set $early $actor_token_subject;
    add_header X-Early "[$early]";
    try_files /index.html =404;
}


=== TEST 2: Ed448
--- signer: ed448


=== TEST 3: ES512
--- signer: p521


=== TEST 4: RSA
--- signer: rsa3072


=== TEST 5: RSA with PSS
--- signer: rsa3072/PS256


=== TEST 6: HMAC
--- signer: hs256


=== TEST 7: a bad signature
--- signer: acme
--- token eval
my $t = token(); substr($t, -20, 4) = 'AAAA'; $t
--- reason: bad_signature


=== TEST 8: no key, so no thread
--- signer: other
--- reason: unknown_key


=== TEST 9: policy comes behind
--- request
GET /scope
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="admin"


=== TEST 10: off at a level within
--- request
GET /off


=== TEST 11: used before the access phase, the check is made at once
--- request
GET /early
--- response_headers
X-Early: [user-1]


=== TEST 12: many requests of a connection
--- pipelined_requests eval
[('GET /t', 'GET /scope') x 5]
--- reason eval
[('ok', 'insufficient_scope') x 5]
--- challenge eval
[('-', 'Bearer realm="test", error="insufficient_scope", scope="admin"') x 5]


=== TEST 13: it is in a thread indeed
--- http_config
actor_token_cache off;
--- config
include policy.conf;
actor_token_threads default;
location /t { root html; try_files /index.html =404; }
--- log_level: debug
--- logs_token
--- error_log eval
qr/added to thread pool "default"/
