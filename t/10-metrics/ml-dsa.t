# Verifications with ML-DSA are counted under its name.

use strict;
use warnings;

use lib 't/lib', 't/10-metrics';

use Test::More;

use ActorToken::Mint;
use Metrics;

plan(skip_all => 'OpenSSL has no ML-DSA') unless has_ml_dsa();

my $gateway = Metrics->new(
    issuers => Metrics::issuer('acme', 'jwks keys/mldsa65.jwks;'));

is($gateway->get('/t', token(signer => 'mldsa65', claims =>
                             { iss => 'https://id.acme.example' })),
   200, 'a token with ML-DSA-65');

my $series = $gateway->series;

is($series->{'verification_seconds_count{algorithm="ML-DSA-65"}'}, 1,
   'is one that was verified');
ok(!exists $series->{'verification_seconds_count{algorithm="ML-DSA-44"}'},
   'and others have no series');

done_testing();
