# The cache of verified tokens.

use strict;
use warnings;

use lib 't/lib', 't/10-metrics';

use Test::More;

use ActorToken::Mint;
use Metrics;

sub of {
    return token(claims => { iss => 'https://id.acme.example', @_ });
}

my $gateway = Metrics->new(workers => 2, server => <<'_EOC_');
location = /early {
    if ($actor_token_actor) { return 204; }
    actor_token test;
    return 200;
}

location = /again {
    actor_token test;
    actor_token_audience https://elsewhere.example.com;
    error_page 401 = /t;
}
_EOC_

sub cache {
    my $series = $gateway->series;

    return { hits => $series->{'cache_requests_total{result="hit"}'},
             misses => $series->{'cache_requests_total{result="miss"}'},
             entries => $series->{cache_entries},
             evictions => $series->{cache_evictions_total} };
}

sub seen {
    my ($what, %expected) = @_;

    is_deeply(cache(), { evictions => 0, %expected }, $what);
}

seen('nothing yet', hits => 0, misses => 0, entries => 0);
is($gateway->series->{cache_bytes}, 0, 'and no memory');

my $good = of();

$gateway->get('/t', $good);
seen('a token that is new', hits => 0, misses => 1, entries => 1);

my $bytes = $gateway->series->{cache_bytes};

cmp_ok($bytes, '>', 100, 'takes memory');

$gateway->get('/t', $good);
seen('again', hits => 1, misses => 1, entries => 1);

$gateway->get('/t', of(exp => 'now-3600'));
seen('a bad one is not kept', hits => 1, misses => 2, entries => 1);

$gateway->get('/t');
$gateway->get('/t', 'nonsense');
seen('what is no token is not looked for', hits => 1, misses => 2,
     entries => 1);

$gateway->get('/early', $good);
seen('early use, and the access phase', hits => 2, misses => 2,
     entries => 1);

$gateway->get('/t', of(sub => 'x'));
seen('another', hits => 2, misses => 3, entries => 2);
cmp_ok($gateway->series->{cache_bytes}, '>', $bytes, 'takes more');

$gateway->get('/again', of(sub => 'y'));
seen('one that two locations ask for', hits => 2, misses => 4,
     entries => 3);

is_deeply($gateway->json->{cache},
          { %{ cache() }, bytes => $gateway->series->{cache_bytes} },
          'JSON has the same');

$gateway->reload;
seen('after a reload', hits => 2, misses => 4, entries => 3);
$gateway->get('/t', $good);
seen('which has forgotten nothing', hits => 3, misses => 4, entries => 3);

is_deeply([map { $gateway->body('/metrics') =~ /^# TYPE (actor_token_$_ .*)$/m }
               qw( cache_\w+_total cache_evictions_total cache_entries
                   cache_bytes )],
          ['actor_token_cache_requests_total counter',
           'actor_token_cache_evictions_total counter',
           'actor_token_cache_entries gauge',
           'actor_token_cache_bytes gauge'], 'what they are');


# a zone that is full

$gateway->reload(http => 'actor_token_cache 64k;');
$gateway->get('/t', of(sub => "s$_")) for 1 .. 200;

my $full = cache();

cmp_ok($full->{evictions}, '>', 10, 'tokens are forgotten for lack of room');
cmp_ok($full->{entries}, '<', 190, 'and are not there');
is($full->{entries} + $full->{evictions}, 200, 'each is one or the other');


# none

$gateway->reload(http => 'actor_token_cache off;');
$gateway->get('/t', $good);

is(join(' ', grep { /cache/ } sort keys %{ $gateway->series }), '',
   'without a cache there is nothing to show of it');
ok(!exists $gateway->json->{cache}, 'in JSON neither');

done_testing();
