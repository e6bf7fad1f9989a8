# A key server that fails: the last good set stays in use for as long as
# key_stale says; after that the status is 503.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;
use Time::HiRes qw( sleep time );

use ActorToken::Gateway;
use ActorToken::Mint;

publish('/keys', 'one');

my $nginx = gateway(workers => 2, http => site(
    issuer => 'key_cache 1s; key_stale 2s; key_refetch 1s;',
    server => '
        location = /any {
            satisfy any;
            allow all;
            try_files /none @ok;
        }
        location = /none {
            satisfy any;
            deny all;
            try_files /none @ok;
        }'));

my $token = token(signer => 'one');

is($nginx->get('/t', $token)->{reason}, 'ok', 'accepted');
is($nginx->get('/any')->{status}, 200, 'without a token: satisfy any');

answer('/keys', status => 500, body => 'sorry');
$nginx->mark;

my $failed = await { ($nginx->logged(qr/could not be fetched/))[0] };

like($failed, qr/\[error\] .*keys of issuer "acme" could not be fetched: the location answered 500; the last good set stays in use/,
     'a failure is logged, with its cause');

my $started = time();

is($_->{reason}, 'ok', 'still accepted, by each worker')
    for $nginx->from_workers(sub { $nginx->get('/t', $token) });

my ($answer, $last);

await {
    $last = time() - $started;
    $answer = $nginx->get('/t', $token);
    $answer->{reason} ne 'ok';
};

is($answer->{status}, 503,
   'the set is too old: 503 (standards 64: a decision of this module)');
is($answer->{reason}, 'keys_unavailable', 'and its reason');
is($answer->{headers}{'www-authenticate'}, undef, 'without a challenge');

# it failed for the first time when it had been fresh for a second

cmp_ok($last, '>', 1.3, 'not before key_stale');
cmp_ok($last, '<', 3, 'nor long after');

cmp_ok($answer->{seconds}, '<', 0.5, 'nobody waits for what has just failed');

$nginx->mark;

is($_->{reason}, 'keys_unavailable', 'in each worker')
    for $nginx->from_workers(sub { $nginx->get('/t', $token) });

my @rejections = $nginx->logged(qr/actor token rejected: keys_unavailable/);

cmp_ok(scalar @rejections, '>=', 2, 'which is logged');

$nginx->mark;
is($nginx->get('/t', $token)->{status}, 503, 'once more');
is(scalar $nginx->logged(qr/actor token rejected/), 1, 'one line a request');
is($nginx->get('/any', $token)->{status}, 503,
   'satisfy any does not absorb it');
is($nginx->get('/none', $token)->{status}, 503, 'nor where nothing else holds');
is($nginx->get('/any')->{status}, 200, 'a request without a token is let in');

publish('/keys', 'one');

ok(await { $nginx->get('/t', $token)->{reason} eq 'ok' },
   'accepted as soon as there are keys again');

is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg)\]/)], [],
          'nothing worse is logged');

done_testing();
