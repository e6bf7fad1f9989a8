# The first configuration of the documentation.

use lib 't/lib', 't/80-docs';
use Test::Nginx::ActorToken;
use Docs;

sub payload_with {
    return shape({ iss => 'https://id.acme.example', sub => 'alice',
                   aud => 'https://api.example.com',
                   iat => 'now', exp => 'now+300',
                   act => { sub => 'svc:support' } }, { @_ });
}

run_tests();

__DATA__

=== TEST 1: the application gets the identity, and not the token
--- issuers eval: readme('first-screen')
--- config
root html;
--- more_headers
Host: api.example.com
X-Actor: root
--- request
GET /records/1
--- payload eval: payload_with()
--- response_body_like eval
qr{\AGET /records/1
Authorization: 
X-Subject: alice
X-Actor: svc:support
}


=== TEST 2: an actor that is not on the list
--- more_headers
Host: api.example.com
--- payload eval: payload_with(act => { sub => 'svc:backup' })
--- reason: actor_not_allowed


=== TEST 3: another issuer
--- more_headers
Host: api.example.com
--- payload eval: payload_with(iss => 'https://id.globex.example')
--- reason: untrusted_issuer
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 4: another audience
--- more_headers
Host: api.example.com
--- payload eval: payload_with(aud => 'https://api.globex.example')
--- reason: audience_mismatch
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 5: another key
--- more_headers
Host: api.example.com
--- signer: globex
--- jose
{"kid": "acme"}
--- payload eval: payload_with()
--- reason: bad_signature
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 6: no actor
--- more_headers
Host: api.example.com
--- payload eval: payload_with(act => '(absent)')
--- reason: actor_missing


=== TEST 7: no token
--- more_headers
Host: api.example.com
--- no_token
--- reason: missing
--- challenge: Bearer realm="api"
