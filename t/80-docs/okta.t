# Okta in the documentation.

use lib 't/lib', 't/80-docs';
use Test::Nginx::ActorToken;
use Docs;

sub payload_with {
    my (%over) = @_;

    return shape({ ver => 1, jti => 'AT.1', uid => '00u1', cid => '0oa1helpdesk',
                   iss => 'https://example.okta.com/oauth2/default',
                   aud => 'api://default', sub => 'ada@acme.example',
                   iat => 'now', exp => 'now+3600', auth_time => 'now-60',
                   scp => ['openid', 'tickets.read'] }, \%over);
}

run_tests();

__DATA__

=== TEST 1: a client acts for a user
--- issuers eval: readme('okta')
--- conf_files eval
['okta.jwks' => jwks(jwk('rsa-okta', alg => 'RS256'))]
--- config
root html;
--- more_headers
Host: acme.example.com
--- signer: rsa-okta
--- jose
{"typ": "(absent)"}
--- payload eval: payload_with()
--- vars
subject: ada@acme.example
actor: 0oa1helpdesk
scope: openid tickets.read
tenant: acme


=== TEST 2: another audience
--- more_headers
Host: acme.example.com
--- signer: rsa-okta
--- jose
{"typ": "(absent)"}
--- payload eval: payload_with(aud => 'https://example.okta.com')
--- reason: audience_mismatch
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 3: without the scope
--- more_headers
Host: acme.example.com
--- signer: rsa-okta
--- jose
{"typ": "(absent)"}
--- payload eval: payload_with(scp => ['openid', 'tickets.read.all'])
--- reason: insufficient_scope
--- challenge: Bearer realm="api", error="insufficient_scope", scope="tickets.read"


=== TEST 4: another client
--- more_headers
Host: acme.example.com
--- signer: rsa-okta
--- jose
{"typ": "(absent)"}
--- payload eval: payload_with(cid => '0oa1shop')
--- reason: actor_not_allowed


=== TEST 5: a client by itself
--- more_headers
Host: acme.example.com
--- signer: rsa-okta
--- jose
{"typ": "(absent)"}
--- payload eval
payload_with(sub => '0oa1helpdesk', uid => '(absent)', scp => ['tickets.read'])
--- reason: actor_missing


=== TEST 6: an ID token
--- more_headers
Host: acme.example.com
--- signer: rsa-okta
--- jose
{"typ": "(absent)"}
--- payload eval
payload_with(aud => '0oa1helpdesk', cid => '(absent)', scp => '(absent)', amr => ['pwd'])
--- reason: claim_missing
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 7: another authorization server of the same organization
--- more_headers
Host: acme.example.com
--- signer: rsa-okta
--- jose
{"typ": "(absent)"}
--- payload eval: payload_with(iss => 'https://example.okta.com/oauth2/aus2')
--- reason: untrusted_issuer
--- challenge: Bearer realm="api", error="invalid_token"
