# Where actor_token_key_zone has no room for a set, each worker fetches it for
# itself; nobody's keys go for it.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;

use ActorToken::Gateway;
use ActorToken::Mint;

my $issuers = 'actor_token_key_zone 32k;
    actor_token_issuer acme {
        issuer https://login.acme.example;
        key_request /keys;
        tenant acme;
    }
    actor_token_issuer idp {
        issuer "https://idp.example/{tenant}/v2";
        key_request "/of/{tenant}";
        tenants any;
    }';

my $keys = 'location = /keys {
    internal;
    proxy_pass http://$ORIGIN/keys;
}
location /of/ {
    internal;
    proxy_pass http://$ORIGIN/of/;
}
location = /metrics {
    actor_token off;
    actor_token_metrics;
}';

my $site = site(issuers => $issuers, keys => $keys,
                server => 'actor_token_tenant $tenant;',
                http => 'map $host $tenant { ~^(?<t>[a-z0-9]+)\.example$ $t;
                                             default acme; }');

$site =~ s/actor_token_tenant acme;//;


# a set that is larger than the zone

answer('/keys', body => jwks('large') . ' ' x 65536);

my $nginx = gateway(workers => 2, http => $site);
my $token = token(signer => 'large');

is(join(' ', map { $_->{reason} }
                 $nginx->from_workers(sub { $nginx->get('/t', $token) })),
   'ok ok', 'a set without room is used in each worker');
is(scalar asked('/keys'), 2, 'which have fetched it once each');

my @lines = $nginx->logged(qr/no room in/);

is(scalar @lines, 2, 'and say so');
like($lines[0], qr/\[warn\] .*no room in "actor_token_key_zone" for the keys of issuer "acme": each worker fetches them for itself$/,
     'with the issuer');

like($nginx->get('/metrics')->{body},
     qr/^actor_token_keys\{issuer="acme"\} 1$/m, 'metrics show its keys');

$nginx->stop;


# a zone that is full of sets that have verified tokens

my @tenants = map { "t$_" } 1 .. 80;

publish("/of/$_", $_) for @tenants;
publish('/keys', 'acme');

$nginx = gateway(http => $site);

sub reasons {
    my %reasons;

    for (@tenants) {
        $nginx->{host} = "$_.example";
        $reasons{ $nginx->get('/t', token(signer => $_,
                      claims => { iss => "https://idp.example/$_/v2" }))
                        ->{reason} }++;
    }

    return \%reasons;
}

is_deeply(reasons(), { ok => 80 }, 'each tenant has its keys');

@lines = $nginx->logged(qr/no room in .* for the keys of issuer "idp"/);
cmp_ok(scalar @lines, '>', 10, 'though there is not room for all');
cmp_ok(scalar @lines, '<', 70, 'but for some');

is_deeply(reasons(), { ok => 80 }, 'and again');
is_deeply([grep { asked("/of/$_") != 1 } @tenants], [],
          'without another fetch');

is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg)\]/)], [],
          'nothing bad is logged');

done_testing();
