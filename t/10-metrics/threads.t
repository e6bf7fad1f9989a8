# Verifications in a thread are counted like others.

use strict;
use warnings;

use lib 't/lib', 't/10-metrics', 't/80-docs';

use Test::More;

use ActorToken::Mint;
use Docs;
use Metrics;

plan(skip_all => 'this nginx has no threads') if !has_module('threads');

my $gateway = Metrics->new(main => 'thread_pool verifying threads=2;',
                           http => 'actor_token_threads verifying;');

my %claims = (iss => 'https://id.acme.example');
my $count = 'verification_seconds_count{algorithm="ES256"}';

is($gateway->get('/t', token(claims => \%claims)), 200, 'accepted');
is($gateway->series->{$count}, 1, 'one verification');
is($gateway->get('/t', token(signer => 'p256-forger', claims => \%claims,
                             jose => { kid => 'acme' })), 401, 'forged');
is($gateway->series->{$count}, 2, 'another');
cmp_ok($gateway->series->{'verification_seconds_sum{algorithm="ES256"}'},
       '>', 1e-5, 'each has taken some time');

is_deeply($gateway->decisions(2), { 'acme passed ok' => 1,
                                    'acme rejected bad_signature' => 1 },
          'and each decision is counted once');

done_testing();
