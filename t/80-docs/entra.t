# Microsoft Entra ID in the documentation: tokens of version 2.0.

use lib 't/lib', 't/80-docs';
use Test::Nginx::ActorToken;
use Docs;

our $Acme = '11111111-1111-1111-1111-111111111111';
our $Beta = '22222222-2222-2222-2222-222222222222';
our $Other = '33333333-3333-3333-3333-333333333333';
our $App = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa';

sub issuer_of {
    return "https://login.microsoftonline.com/$_[0]/v2.0";
}

# keys as they are published: one set for all tenants, without "alg"

sub keys_of_entra {
    my ($issuer) = @_;

    my $der = certificate('rsa-entra') =~ s/-----[^-]+-----|\n//gr;

    return ['entra.jwks' => jwks(jwk('rsa-entra',
               x5t => 'rsa-entra', x5c => [$der],
               cloud_instance_name => 'microsoftonline.com',
               issuer => $issuer // 'https://login.microsoftonline.com/{tenantid}/v2.0'))];
}

# an application acts for a user

sub payload_with {
    my (%over) = @_;

    my $tid = $over{tid} // $Acme;

    return shape({ iss => issuer_of($tid), tid => $tid,
                   aud => '99999999-9999-9999-9999-999999999999',
                   iat => 'now-300', nbf => 'now-300', exp => 'now+4000',
                   aio => 'x', rh => 'x', uti => 'x', sid => 'x', ver => '2.0',
                   azp => $App, azpacr => '1', name => 'Ada',
                   preferred_username => 'ada@acme.example',
                   oid => 'dddddddd-dddd-dddd-dddd-dddddddddddd',
                   sub => 'pairwise', scp => 'Tickets.Read User.Read' },
                 \%over);
}

# an application by itself

sub application_with {
    return payload_with(oid => 'eeeeeeee-eeee-eeee-eeee-eeeeeeeeeeee',
                        sub => 'eeeeeeee-eeee-eeee-eeee-eeeeeeeeeeee',
                        idtyp => 'app', roles => ['Jobs.List', 'Jobs.Run'],
                        scp => '(absent)', name => '(absent)',
                        preferred_username => '(absent)', sid => '(absent)',
                        @_);
}

run_tests();

__DATA__

=== TEST 1: an application acts for a user
--- issuers eval: readme('entra')
--- conf_files eval: keys_of_entra()
--- config
root html;
--- more_headers
Host: acme.example.com
--- signer: rsa-entra
--- jose
{"typ": "JWT"}
--- payload eval: payload_with()
--- vars
subject: dddddddd-dddd-dddd-dddd-dddddddddddd
actor: aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa
actor_tenant: 11111111-1111-1111-1111-111111111111
tenant: 11111111-1111-1111-1111-111111111111
depth: 1
scope: Tickets.Read User.Read


=== TEST 2: the same token for the other customer
--- more_headers
Host: beta.example.com
--- signer: rsa-entra
--- jose
{"typ": "JWT"}
--- payload eval: payload_with()
--- reason: tenant_mismatch
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 3: the other customer's
--- more_headers
Host: beta.example.com
--- signer: rsa-entra
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(tid => $main::Beta)
--- vars
tenant: 22222222-2222-2222-2222-222222222222


=== TEST 4: a tenant that is no customer, with the same keys
--- more_headers
Host: acme.example.com
--- signer: rsa-entra
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(tid => $main::Other)
--- reason: tenant_not_allowed
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 5: that says it is one
--- more_headers
Host: acme.example.com
--- signer: rsa-entra
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(iss => issuer_of($main::Other))
--- reason: tenant_conflict
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 6: or says nothing
--- more_headers
Host: acme.example.com
--- signer: rsa-entra
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(iss => issuer_of($main::Acme), tid => '(absent)')
--- reason: tenant_missing
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 7: another application
--- more_headers
Host: acme.example.com
--- signer: rsa-entra
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(azp => 'bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb')
--- reason: actor_not_allowed


=== TEST 8: for another API
--- more_headers
Host: acme.example.com
--- signer: rsa-entra
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(aud => '00000003-0000-0000-c000-000000000000')
--- reason: audience_mismatch
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 9: without the scope
--- more_headers
Host: acme.example.com
--- signer: rsa-entra
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(scp => 'User.Read')
--- reason: insufficient_scope
--- challenge: Bearer realm="api", error="insufficient_scope", scope="Tickets.Read"


=== TEST 10: a token of version 1.0
--- more_headers
Host: acme.example.com
--- signer: rsa-entra
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(ver => '1.0')
--- reason: claim_mismatch
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 11: an agent acts for a user
--- more_headers
Host: acme.example.com
--- signer: rsa-entra
--- jose
{"typ": "JWT"}
--- payload eval
payload_with(idtyp => 'user', azpacr => '2', xms_act_fct => '3 9 11',
             xms_sub_fct => '2 3', xms_par_app_azp => 'blueprint')
--- vars
depth: 1


=== TEST 12: an application by itself
--- request
GET /jobs/
--- more_headers
Host: acme.example.com
--- signer: rsa-entra
--- jose
{"typ": "JWT"}
--- payload eval: application_with()
--- vars
subject: eeeeeeee-eeee-eeee-eeee-eeeeeeeeeeee
depth: 0


=== TEST 13: without the role
--- request
GET /jobs/
--- more_headers
Host: acme.example.com
--- signer: rsa-entra
--- jose
{"typ": "JWT"}
--- payload eval: application_with(roles => ['Jobs.List', 'My,"Jobs.Run"', 'Jobs.RunAll'])
--- reason: requirement_failed


=== TEST 14: without any
--- request
GET /jobs/
--- more_headers
Host: acme.example.com
--- signer: rsa-entra
--- jose
{"typ": "JWT"}
--- payload eval: application_with(roles => '(absent)')
--- reason: requirement_failed


=== TEST 15: the one role that counts
--- request
GET /jobs/
--- more_headers
Host: acme.example.com
--- signer: rsa-entra
--- jose
{"typ": "JWT"}
--- payload eval: application_with(roles => ['Jobs.Run'])


=== TEST 16: a user, with the role
--- request
GET /jobs/
--- more_headers
Host: acme.example.com
--- signer: rsa-entra
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(roles => ['Jobs.Run'])
--- reason: delegation_forbidden


=== TEST 17: an application by itself, where a user is needed
--- request
GET /
--- more_headers
Host: acme.example.com
--- signer: rsa-entra
--- jose
{"typ": "JWT"}
--- payload eval: application_with()
--- reason: actor_missing


=== TEST 18: or without idtyp
--- more_headers
Host: acme.example.com
--- signer: rsa-entra
--- jose
{"typ": "JWT"}
--- payload eval: application_with(idtyp => '(absent)')
--- reason: insufficient_scope
--- challenge: Bearer realm="api", error="insufficient_scope", scope="Tickets.Read"


=== TEST 19: a key that is of another issuer
--- issuers eval: readme('entra')
--- conf_files eval: keys_of_entra(issuer_of('9188040d-6c67-4c5b-b112-36a304b66dad'))
--- config
root html;
--- more_headers
Host: acme.example.com
--- signer: rsa-entra
--- jose
{"typ": "JWT"}
--- payload eval: payload_with()
--- reason: unknown_key
--- challenge: Bearer realm="api", error="invalid_token"
