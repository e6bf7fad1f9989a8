# Failed fetches pause, longer each time, whatever requests come; one that
# succeeds ends that.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;
use Time::HiRes qw( sleep time );

use ActorToken::Gateway;
use ActorToken::Mint;

answer('/keys', status => 404);

my $nginx = gateway(workers => 2, http => site(issuer => 'key_refetch 1s;
                                                          key_cache 1s;'));
my $token = token(signer => 'one');
my %answers;

await { $answers{ $nginx->get('/t', $token)->{reason} }++;
        asked('/keys') >= 4 } 20;

my @times = map { $_->{time} } asked('/keys');

is(scalar @times, 4, 'four fetches');
is_deeply([keys %answers], ['keys_unavailable'], 'no keys');
cmp_ok($answers{keys_unavailable}, '>', 100, 'for many requests');

for (1 .. 3) {
    my $pause = 2 ** ($_ - 1);
    my $seen = $times[$_] - $times[$_ - 1];

    cmp_ok($seen, '>', $pause - 0.1, "pause $_ is no shorter than $pause s");
    cmp_ok($seen, '<', $pause + 1, "pause $_ is about $pause s");
}

is(scalar $nginx->logged(qr/keys of issuer "acme" could not be fetched: the location answered 404$/),
   4, 'each is logged');

# the next would come eight seconds after the last

publish('/keys', 'one');

ok(await(sub { $nginx->get('/t', $token)->{reason} eq 'ok' }, 15),
   'keys after the fifth');

cmp_ok((asked('/keys'))[4]{time} - $times[3], '>', 7.9, 'after a longer pause');

answer('/keys', status => 404);

await(sub { asked('/keys') >= 7 });
@times = map { $_->{time} } asked('/keys');

cmp_ok($times[6] - $times[5], '<', 1.9, 'the pauses have begun anew');

done_testing();
