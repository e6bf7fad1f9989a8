# Auth0 in the documentation.

use lib 't/lib', 't/80-docs';
use Test::Nginx::ActorToken;
use Docs;

sub payload_with {
    my (%over) = @_;

    return shape({ iss => 'https://example.eu.auth0.com/', sub => 'auth0|1',
                   aud => ['https://api.example.com/',
                           'https://example.eu.auth0.com/userinfo'],
                   iat => 'now', exp => 'now+86400', azp => 'web-client',
                   scope => 'openid read:tickets', org_id => 'org_acme',
                   act => { sub => 'helpdesk-client' } }, \%over);
}

run_tests();

__DATA__

=== TEST 1: a custom token exchange
--- issuers eval: readme('auth0')
--- conf_files eval
['auth0.jwks' => jwks(jwk('rsa-auth0', alg => 'RS256'))]
--- config
root html;
--- more_headers
Host: acme.example.com
--- signer: rsa-auth0
--- jose
{"typ": "JWT"}
--- payload eval: payload_with()
--- vars
subject: auth0|1
actor: helpdesk-client
client: web-client
tenant: org_acme
audience: https://api.example.com/


=== TEST 2: in the profile of RFC 9068
--- more_headers
Host: acme.example.com
--- signer: rsa-auth0
--- payload eval
payload_with(jti => '1', client_id => 'web-client', azp => '(absent)')


=== TEST 3: another organization
--- more_headers
Host: acme.example.com
--- signer: rsa-auth0
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(org_id => 'org_beta')
--- reason: tenant_mismatch
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 4: one that is no customer
--- more_headers
Host: acme.example.com
--- signer: rsa-auth0
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(org_id => 'org_other')
--- reason: tenant_not_allowed
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 5: a name is no id
--- more_headers
Host: acme.example.com
--- signer: rsa-auth0
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(org_id => '(absent)', org_name => 'org_acme')
--- reason: tenant_missing
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 6: another client has exchanged it
--- more_headers
Host: acme.example.com
--- signer: rsa-auth0
--- jose
{"typ": "JWT"}
--- payload eval
payload_with(act => { sub => 'shop-client', act => { sub => 'helpdesk-client' } })
--- reason: actor_not_allowed


=== TEST 7: for userinfo alone
--- more_headers
Host: acme.example.com
--- signer: rsa-auth0
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(aud => 'https://example.eu.auth0.com/userinfo')
--- reason: audience_mismatch
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 8: without an exchange
--- more_headers
Host: acme.example.com
--- signer: rsa-auth0
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(act => '(absent)', azp => 'helpdesk-client')
--- reason: actor_missing


=== TEST 9: which actor_claim changes
--- issuers eval
readme('auth0') =~ s/(type +at\+jwt JWT;)/$1\n    actor_claim azp;/r
--- conf_files eval
['auth0.jwks' => jwks(jwk('rsa-auth0', alg => 'RS256'))]
--- config
root html;
--- more_headers
Host: acme.example.com
--- signer: rsa-auth0
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(act => '(absent)', azp => 'helpdesk-client')
--- vars
actor: helpdesk-client
