# Keycloak in the documentation.

use lib 't/lib', 't/80-docs';
use Test::Nginx::ActorToken;
use Docs;

# each realm has keys of its own

sub keys_of_realms {
    return [map {
        ("$_.jwks" => jwks(jwk("rsa-$_", kid => "enc-$_", use => 'enc',
                               alg => 'RSA-OAEP'),
                           jwk("rsa-$_", alg => 'RS256')))
    } qw( acme beta )];
}

# before 26.8, or without an exchange: no "act"

sub payload_with {
    my (%over) = @_;

    return shape({ iss => 'https://kc.example.com/realms/acme',
                   aud => ['tickets', 'account'], azp => 'helpdesk',
                   iat => 'now', exp => 'now+300', jti => 'onrtac:1',
                   typ => 'Bearer', acr => '1', sid => 'x',
                   sub => '0aabbccd-0000-4000-8000-000000000001',
                   scope => 'email profile', preferred_username => 'ada',
                   realm_access => { roles => ['offline_access'] } }, \%over);
}

sub beta {
    return payload_with(iss => 'https://kc.example.com/realms/beta', @_);
}

run_tests();

__DATA__

=== TEST 1: a client acts for a user
--- issuers eval: readme('keycloak')
--- conf_files eval: keys_of_realms()
--- config
root html;
--- more_headers
Host: acme.example.com
--- signer: rsa-acme
--- jose
{"typ": "JWT"}
--- payload eval: payload_with()
--- vars
subject: 0aabbccd-0000-4000-8000-000000000001
actor: helpdesk
tenant: acme
depth: 1


=== TEST 2: an exchange of 26.8: act wins over azp
--- more_headers
Host: acme.example.com
--- signer: rsa-acme
--- jose
{"typ": "JWT"}
--- payload eval
payload_with(azp => 'requester',
             act => { sub => '0aabbccd-0000-4000-8000-000000000002', client_id => 'agent' })
--- vars
actor: 0aabbccd-0000-4000-8000-000000000002
client: requester


=== TEST 3: for another actor, too
--- more_headers
Host: acme.example.com
--- signer: rsa-acme
--- jose
{"typ": "JWT"}
--- payload eval
payload_with(act => { sub => '0aabbccd-0000-4000-8000-000000000003', client_id => 'helpdesk' })
--- reason: actor_not_allowed


=== TEST 4: another client
--- more_headers
Host: acme.example.com
--- signer: rsa-acme
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(azp => 'shop')
--- reason: actor_not_allowed


=== TEST 5: another realm
--- more_headers
Host: acme.example.com
--- signer: rsa-beta
--- jose
{"typ": "JWT"}
--- payload eval: beta()
--- reason: tenant_mismatch
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 6: at home
--- more_headers
Host: beta.example.com
--- signer: rsa-beta
--- jose
{"typ": "JWT"}
--- payload eval: beta()
--- vars
tenant: beta


=== TEST 7: a realm's key makes no token of another realm
--- more_headers
Host: acme.example.com
--- signer: rsa-beta
--- jose
{"typ": "JWT"}
--- payload eval: payload_with()
--- reason: unknown_key
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 8: whatever kid it says
--- more_headers
Host: acme.example.com
--- signer: rsa-beta
--- jose
{"typ": "JWT", "kid": "rsa-acme"}
--- payload eval: payload_with()
--- reason: bad_signature
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 9: the master realm
--- more_headers
Host: acme.example.com
--- signer: rsa-acme
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(iss => 'https://kc.example.com/realms/master')
--- reason: tenant_not_allowed
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 10: without the mapper for the audience
--- more_headers
Host: acme.example.com
--- signer: rsa-acme
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(aud => 'account')
--- reason: audience_mismatch
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 11: an ID token
--- more_headers
Host: acme.example.com
--- signer: rsa-acme
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(typ => 'ID')
--- reason: type_not_allowed
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 12: an offline token
--- more_headers
Host: acme.example.com
--- signer: rsa-acme
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(typ => 'Offline')
--- reason: type_not_allowed
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 13: a client by itself seems to act for its service account
--- more_headers
Host: acme.example.com
--- signer: rsa-acme
--- jose
{"typ": "JWT"}
--- payload eval
payload_with(sub => '0aabbccd-0000-4000-8000-000000000009', client_id => 'helpdesk',
             preferred_username => 'service-account-helpdesk')
--- vars
actor: helpdesk
depth: 1
