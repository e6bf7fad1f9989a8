# A configuration for which the module has no memory is refused, and nothing
# else happens.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib', 't/fault';
use Test::More;

use ActorToken::Mint;
use Faulty;

my $nginx = Faulty->new(<<'_EOC_');
    actor_token_key_zone 1m;
    actor_token_cache 1m;
    actor_token_claim_set $roles realm_access roles;
    actor_token_claim_set $c1 c1;
    actor_token_claim_set $c2 c2 x;
    actor_token_claim_set $c3 c3;
    actor_token_claim_set $c4 c4;

    actor_token_issuer acme {
        issuer https://login.acme.example;
        jwks acme.jwks;
        key p256.pem alg=ES256 kid=pem;
        key hs256.secret alg=HS256;
        algorithms ES256 RS256 HS256;
        type at+jwt JWT -;
        tenant acme;
        audience https://api.example.com;
        actor_issuers https://login.acme.example https://actors.example;
        require_claim org name =a =b;
        max_lifetime 1h;
        leeway 10s;
    }

    actor_token_issuer other {
        issuer "https://{tenant}.other.example.com/";
        jwks other.jwks;
        tenant_claim org tid;
        tenants acme bcorp;
        subject_claim oid;
        actor_claim azp unless=idtyp:app;
        actor_tenant_claim org tid;
    }

    actor_token_issuer remote {
        issuer https://login.remote.example;
        key_request /keys;
        tenant remote;
    }

    map $host $tenant { acme acme; }

    server {
        listen 127.0.0.1:$PORT;
        actor_token "test $host";
        actor_token_trust any;
        actor_token_audience https://$host.example https://api.example.com;
        actor_token_tenant $tenant;
        actor_token_federation $tenant bcorp;
        actor_token_resource_metadata https://$host/metadata;
        actor_token_actors agent-1 agent-* ~bot-[0-9]+;
        actor_token_actors iss=https://a.example a b c d e f g h i j;
        actor_token_actors iss=https://b.example *;
        actor_token_actors iss=https://c.example *;
        actor_token_actors issuer=other iss=https://actors.example any-1;
        actor_token_scope read write;
        actor_token_require $roles error=401;
        actor_token_require $c1 $c2 $c3;
        actor_token_require $c4 $actor_token_claim_a $actor_token_claim_b;
        add_header X-Headers "$http_a $http_b $http_c $http_d $http_e $http_f $http_g $http_h $cookie_i";

        location /t {
            actor_token_trust acme;
            actor_token_actors any;
            proxy_set_header X-Subject $actor_token_subject;
            proxy_set_header X-Claim $actor_token_claim_email;
            proxy_pass http://127.0.0.1:$PORT;
        }

        location /cookie {
            actor_token test token=$cookie_token;
            limit_except GET { actor_token_scope admin; }
        }

        location /metrics {
            actor_token off;
            actor_token_metrics;
        }

        location = /keys {
            internal;
            actor_token off;
            proxy_pass http://127.0.0.1:1/;
        }
    }
_EOC_

# nginx leaves its memory to the system when it only tests a configuration

my @test = (arguments => ['-t', '-q'], options => ',detect_leaks=0');

is($nginx->run(@test), 0, 'with memory') or diag($nginx->read('logs/error.log'));

# OpenSSL itself does not survive a start without memory

my @accepted;

my $failed = $nginx->sweep(
    sub { $nginx->run(@test) },
    each => sub {
        my ($status, $n) = @_;
        push @accepted, "$n: $status" if $status != 1 << 8;
    });

cmp_ok($failed, '>', 100, "$failed allocations fail");
is("@accepted", '', 'each refuses the configuration');

$nginx->sound('configuration');

done_testing();
