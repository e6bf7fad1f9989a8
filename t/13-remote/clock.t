# The system's clock is set, forward and back: tokens are told by it, and keys
# by one that nobody can set.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;

use ActorToken::Gateway;
use ActorToken::Mint;

use constant DAY => 86400;

my ($preload) = glob '/usr/lib/*/faketime/libfaketimeMT.so.1';

plan skip_all => 'the clock is not to be set under sanitizers'
    if $ENV{SANITIZER_REPORTS};

my $clock = scratch() . '/clock';

sub set_clock {
    my ($days) = @_;

    write_file($clock, sprintf "%+dd\n", $days);
}

sub token_of {
    my ($days) = @_;

    my $now = time() + $days * DAY;

    return token(signer => 'one', claims => { iat => $now, exp => $now + 600 });
}

publish('/keys', 'one');
set_clock(0);

my $nginx = do {
    local $ENV{LD_PRELOAD} = $preload // die 'no libfaketime';
    local $ENV{FAKETIME_TIMESTAMP_FILE} = $clock;
    local $ENV{FAKETIME_NO_CACHE} = 1;
    local $ENV{FAKETIME_DONT_FAKE_MONOTONIC} = 1;

    gateway(main => join('', map { "env $_;" } qw( FAKETIME_TIMESTAMP_FILE
                         FAKETIME_NO_CACHE FAKETIME_DONT_FAKE_MONOTONIC )),
            http => site(http => 'actor_token_cache 1m;',
                         issuer => 'key_cache 1s; key_stale 1h;'));
};

# nginx looks at the clock now and then

sub reason_of {
    my ($token, $reason) = @_;

    return await { $nginx->get('/t', $token)->{reason} eq $reason };
}

my $today = token_of(0);

is($nginx->get('/t', $today)->{reason}, 'ok', 'accepted');
is($nginx->get('/t', $today)->{headers}{'x-cache'}, 'HIT', 'and remembered');

for my $days (2, -2) {
    set_clock($days);

    my $name = sprintf 'the clock %+d days', $days;
    my $then = $days > 0 ? 'expired' : 'not_yet_valid';

    ok(reason_of($today, $then), "$name: $then");
    is($nginx->get('/t', token_of($days))->{reason}, 'ok',
       "$name: a token of that time is accepted");

    my $before = asked('/keys');

    ok(await { asked('/keys') >= $before + 2 }, "$name: keys are fetched");
    is($nginx->get('/t', token_of($days))->{reason}, 'ok',
       "$name: and are in use");

    # ten times as often would be noticed

    cmp_ok(scalar asked('/keys'), '<', $before + 10, "$name: not all the time");
}

set_clock(0);

ok(reason_of($today, 'ok'), 'the clock is right again: accepted');
is($nginx->get('/t', token_of(0))->{reason}, 'ok', 'as is a new token');
is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg)\]/)], [],
          'nothing bad is logged');

done_testing();
