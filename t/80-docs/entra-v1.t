# Microsoft Entra ID in the documentation: tokens of version 1.0.

use lib 't/lib', 't/80-docs';
use Test::Nginx::ActorToken;
use Docs;

our $Acme = '11111111-1111-1111-1111-111111111111';
our $Other = '33333333-3333-3333-3333-333333333333';

sub payload_with {
    my (%over) = @_;

    my $tid = $over{tid} // $Acme;

    return shape({ iss => "https://sts.windows.net/$tid/", tid => $tid,
                   aud => 'api://tickets',
                   iat => 'now-300', nbf => 'now-300', exp => 'now+4000',
                   acr => '1', aio => 'x', amr => ['pwd'], uti => 'x',
                   appid => 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa',
                   appidacr => '1', idtyp => 'user', ipaddr => '192.0.2.1',
                   oid => 'dddddddd-dddd-dddd-dddd-dddddddddddd',
                   sub => 'pairwise', scp => 'Tickets.Read', ver => '1.0',
                   unique_name => 'ada@acme.example' }, \%over);
}

run_tests();

__DATA__

=== TEST 1: an application acts for a user
--- issuers eval: readme('entra-v1')
--- conf_files eval
['entra-v1.jwks' => jwks('rsa-v1')]
--- config
root html;
--- more_headers
Host: acme.example.com
--- signer: rsa-v1
--- jose
{"typ": "JWT", "x5t": "rsa-v1"}
--- payload eval: payload_with()
--- vars
subject: dddddddd-dddd-dddd-dddd-dddddddddddd
actor: aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa
tenant: 11111111-1111-1111-1111-111111111111


=== TEST 2: another tenant
--- more_headers
Host: acme.example.com
--- signer: rsa-v1
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(tid => $main::Other)
--- reason: tenant_not_allowed
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 3: whose iss and tid differ
--- more_headers
Host: acme.example.com
--- signer: rsa-v1
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(iss => "https://sts.windows.net/$main::Other/")
--- reason: tenant_conflict
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 4: without the slash
--- more_headers
Host: acme.example.com
--- signer: rsa-v1
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(iss => "https://sts.windows.net/$main::Acme")
--- reason: untrusted_issuer
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 5: another audience
--- more_headers
Host: acme.example.com
--- signer: rsa-v1
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(aud => 'https://graph.windows.net')
--- reason: audience_mismatch
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 6: an application by itself
--- more_headers
Host: acme.example.com
--- signer: rsa-v1
--- jose
{"typ": "JWT"}
--- payload eval: payload_with(idtyp => 'app', scp => '(absent)', roles => ['x'])
--- reason: actor_missing


=== TEST 7: an unsigned token around a signed one
--- more_headers
Host: acme.example.com
--- token eval
unsigned(jose => { typ => 'JWT' },
         payload => payload_with(actortoken => token(signer => 'rsa-v1',
                                                     jose => { typ => 'JWT' },
                                                     payload => payload_with())))
--- reason: algorithm_not_allowed
--- challenge: Bearer realm="api", error="invalid_token"
