# Members of the JOSE header.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: no alg
--- token eval
token(header => '{"kid":"acme","typ":"at+jwt"}')
--- reason: malformed


=== TEST 2: alg is a number
--- jose
{"alg": 256}
--- reason: malformed


=== TEST 3: alg is null
--- jose
{"alg": null}
--- reason: malformed


=== TEST 4: alg is an array
--- jose
{"alg": ["ES256"]}
--- reason: malformed


=== TEST 5: kid is a number
--- jose
{"kid": 1}
--- reason: malformed


=== TEST 6: typ is a number
--- jose
{"typ": 1}
--- reason: malformed


=== TEST 7: members that name keys are ignored: jwk
--- jose eval
{jwk => jwk('mallory')}


=== TEST 8: and no key is taken from them (standards 13: RFC 7515, section 10)
--- signer: mallory
--- jose eval
{jwk => jwk('mallory'), kid => 'acme'}
--- reason: bad_signature


=== TEST 9: jku
--- signer: mallory
--- jose
{"jku": "https://evil.example/keys", "kid": "mallory"}
--- reason: unknown_key


=== TEST 10: x5c (standards 13: RFC 7515, section 10)
--- signer: mallory
--- jose eval
{x5c => [certificate('mallory') =~ s/-----[^-]*-----|\s//gr], kid => 'acme'}
--- reason: bad_signature


=== TEST 11: x5t names nothing (standards 18: RFC 7515, section 4.1.7)
--- signer: mallory
--- jose
{"x5t": "AAAA", "kid": "acme"}
--- reason: bad_signature


=== TEST 12: unknown members are ignored
--- jose
{"x-anything": {"a": [1]}}


=== TEST 13: cty
--- jose
{"cty": "JWT"}


=== TEST 14: what a token points to is not fetched: jku (standards 13: RFC 8725, section 3.10)
--- config
include policy.conf;

location /t {
    root html;
    try_files /index.html =404;
}

location = /keys {
    actor_token off;
    access_log logs/access.log;
    alias $TEST_NGINX_SERVER_ROOT/conf/mallory.jwks;
}
--- conf_files eval
['mallory.jwks' => jwks('mallory')]
--- signer: mallory
--- jose eval
{jku => "http://127.0.0.1:$ENV{TEST_NGINX_SERVER_PORT}/keys"}
--- reason: unknown_key
--- no_access_log
/keys


=== TEST 15: x5u
--- signer: mallory
--- jose eval
{x5u => "http://127.0.0.1:$ENV{TEST_NGINX_SERVER_PORT}/keys"}
--- reason: unknown_key
--- no_access_log
/keys


=== TEST 16: where it would be found by whoever looks
--- no_token
--- request: GET /keys
--- reason: -
--- no_probe
--- access_log
/keys
