# Federation between tenants, in the documentation.

use lib 't/lib', 't/80-docs';
use Test::Nginx::ActorToken;
use Docs;

sub acme {
    my ($act) = @_;

    return shape({ iss => 'https://id.acme.example', sub => 'alice',
                   aud => 'https://api.example.com',
                   iat => 'now', exp => 'now+300', act => $act });
}

sub globex {
    my ($act) = @_;

    return shape({ iss => 'https://id.globex.example', sub => 'carol',
                   aud => 'https://api.example.com',
                   iat => 'now', exp => 'now+300', act => $act });
}

our $Iss = 'https://id.globex.example';

run_tests();

__DATA__

=== TEST 1: a partner's actor, where it is welcome
--- issuers eval: readme('federation')
--- config
root html;
--- more_headers
Host: acme.example.com
--- request
GET /shared/
--- payload eval: acme({ iss => $main::Iss, sub => 'svc:audit' })
--- vars
subject: alice
tenant: acme
actor: svc:audit
actor_issuer: https://id.globex.example
actor_tenant: globex


=== TEST 2: and where it is not
--- more_headers
Host: acme.example.com
--- request
GET /
--- payload eval: acme({ iss => $main::Iss, sub => 'svc:audit' })
--- reason: actor_tenant_not_allowed


=== TEST 3: another actor of the partner
--- more_headers
Host: acme.example.com
--- request
GET /shared/
--- payload eval: acme({ iss => $main::Iss, sub => 'svc:sales' })
--- reason: actor_not_allowed


=== TEST 4: the name alone is an actor of acme's own
--- more_headers
Host: acme.example.com
--- request
GET /
--- payload eval: acme({ sub => 'svc:audit' })
--- vars
actor_tenant: acme


=== TEST 5: an authority for whom acme may not speak
--- more_headers
Host: acme.example.com
--- request
GET /shared/
--- payload eval: acme({ iss => 'https://id.initech.example', sub => 'svc:audit' })
--- reason: actor_issuer_not_allowed


=== TEST 6: the partner's own token is of another tenant
--- more_headers
Host: acme.example.com
--- request
GET /shared/
--- signer: globex
--- payload eval: globex({ sub => 'svc:audit' })
--- reason: tenant_mismatch
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 7: and is good at home
--- more_headers
Host: globex.example.com
--- request
GET /shared/
--- signer: globex
--- payload eval: globex({ sub => 'svc:audit' })


=== TEST 8: where nobody else is welcome
--- more_headers
Host: globex.example.com
--- request
GET /shared/
--- signer: globex
--- payload eval: globex({ iss => 'https://id.acme.example', sub => 'svc:support' })
--- reason: actor_issuer_not_allowed
