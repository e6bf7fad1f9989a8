# Ten thousand issuers.

use strict;
use warnings;

use lib 't/lib', 't/10-metrics';

use Test::More;

use ActorToken::Mint;
use Metrics;

my $n = 10000;

my $gateway = Metrics->new(issuers => join '', map { Metrics::issuer("t$_") }
                                               1 .. $n);

my @counted = (1, 512, 513, 5000, $n);

for my $i (@counted) {
    my %claims = (iss => "https://id.t$i.example");

    is($gateway->get('/t', token(claims => \%claims)), 200,
       "accepted of t$i");
    is($gateway->get('/t', token(claims => { %claims, exp => 'now-3600' })),
       401, "refused of t$i");
}

my %expected = map { ("t$_ passed ok" => 1, "t$_ rejected expired" => 1) }
                   @counted;

is_deeply($gateway->decisions(10), \%expected, 'each is counted as its own');

my $series = $gateway->series;

is((grep { /^keys\{/ } keys %$series), $n, 'keys of each');
like($gateway->body('/metrics?format=openmetrics'), qr/\n# EOF\n\z/,
     'to the end');

my $json = $gateway->json;

is(scalar @{ $json->{issuers} }, $n + 1, 'JSON has them all');
is((grep { $_->{passed} } @{ $json->{issuers} }), 5, 'with their counts');

$gateway->reload;
is_deeply($gateway->decisions, \%expected, 'after a reload too');

done_testing();
