# Token exchange in the documentation, with the token of RFC 8693, section 4.1.

use lib 't/lib', 't/80-docs';
use Test::Nginx::ActorToken;
use Docs;

sub payload_with {
    return shape({ iss => 'https://issuer.example.com',
                   aud => 'https://service26.example.com',
                   sub => 'user@example.com',
                   nbf => 'now', exp => 'now+100',
                   act => { sub => 'https://service16.example.com',
                            act => { sub => 'https://service77.example.com' } }
                 }, { @_ });
}

run_tests();

__DATA__

=== TEST 1: the outermost actor acts
--- issuers eval: readme('exchange')
--- config
root html;
--- more_headers
Host: service26.example.com
--- signer: sts
--- payload eval: payload_with()
--- vars
subject: user@example.com
actor: https://service16.example.com
depth: 2
chain: [{"sub":"https://service16.example.com"},{"sub":"https://service77.example.com"}]
--- response_body_like eval
qr{^X-Subject: user\@example\.com\nX-Actor: https://service16\.example\.com$}m


=== TEST 2: an inner one does not
--- more_headers
Host: service26.example.com
--- signer: sts
--- payload eval
payload_with(act => { sub => 'https://service77.example.com',
                      act => { sub => 'https://service16.example.com' } })
--- reason: actor_not_allowed


=== TEST 3: a third
--- more_headers
Host: service26.example.com
--- signer: sts
--- payload eval
payload_with(act => { sub => 'https://service16.example.com',
                      act => { sub => 'https://service77.example.com',
                               act => { sub => 'https://service5.example.com' } } })
--- reason: chain_too_deep
--- challenge: Bearer realm="service26", error="invalid_token"


=== TEST 4: before the exchange
--- more_headers
Host: service26.example.com
--- signer: sts
--- payload eval
payload_with(act => '(absent)',
             may_act => { sub => 'https://service16.example.com' })
--- reason: actor_missing


=== TEST 5: for another service
--- more_headers
Host: service26.example.com
--- signer: sts
--- payload eval: payload_with(aud => 'https://service27.example.com')
--- reason: audience_mismatch
--- challenge: Bearer realm="service26", error="invalid_token"


=== TEST 6: not an access token
--- more_headers
Host: service26.example.com
--- signer: sts
--- jose
{"typ": "JWT"}
--- payload eval: payload_with()
--- reason: type_not_allowed
--- challenge: Bearer realm="service26", error="invalid_token"
