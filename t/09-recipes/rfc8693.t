# The example of RFC 8693, section 4.1.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: nested actors
--- issuers
actor_token_issuer sts {
    issuer https://issuer.example.com;
    jwks acme.jwks;
    tenant example;
}
--- config
root html;
location /t {
    actor_token api;
    actor_token_audience https://service26.example.com;
    actor_token_tenant example;
    actor_token_actors https://service16.example.com;
    try_files /index.html =404;
}
--- claims
{"iss": "https://issuer.example.com", "aud": "https://service26.example.com", "sub": "user@example.com",
 "exp": "now+100", "nbf": "now", "iat": "(absent)", "jti": "(absent)", "client_id": "(absent)", "scope": "(absent)",
 "act": {"sub": "https://service16.example.com", "act": {"sub": "https://service77.example.com"}}}
--- vars
subject: user@example.com
actor: https://service16.example.com
chain: [{"sub":"https://service16.example.com"},{"sub":"https://service77.example.com"}]
id:
client:


=== TEST 2: the inner actor has no say
--- claims
{"iss": "https://issuer.example.com", "aud": "https://service26.example.com",
 "act": {"sub": "https://service77.example.com", "act": {"sub": "https://service16.example.com"}}}
--- reason: actor_not_allowed
