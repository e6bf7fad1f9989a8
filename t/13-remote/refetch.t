# An unknown kid has the set fetched again, but once in the time of key_refetch
# and in all workers together, however many come.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use IO::Socket::INET;
use POSIX ();
use Test::More;
use Time::HiRes qw( sleep time );

use ActorToken::Gateway;
use ActorToken::Mint;

publish('/keys', 'one');

my $nginx = gateway(workers => 2, http => site(
    issuer => 'key_refetch 2s;', server => 'keepalive_requests 100000;'));

ok(await { asked('/keys') == 1 }, 'fetched at start');
is($_->{reason}, 'ok', 'and known to each worker')
    for $nginx->from_workers(sub {
            $nginx->get('/t', token(signer => 'one')) });

is(scalar asked('/keys'), 1, 'without another fetch');


# no signature is made: none is looked at

my $payload = b64u(payload());

sub random_kid {
    my $kid = join '', map { chr 97 + int rand 26 } 1 .. 16;
    my $header = b64u('{"alg":"ES256","typ":"at+jwt","kid":"' . $kid . '"}');

    return "$header.$payload." . b64u('s' x 64);
}

sub flood {
    my ($count) = @_;

    my %seen;
    my $sockets = 50;

    for my $n (1 .. $sockets) {
        my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                           PeerPort => gateway_port())
            or die "connect: $!";

        my $text = join '', map {
            "GET /t HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            . random_kid() . "\r\n"
            . ($_ == $count / $sockets ? "Connection: close\r\n" : '')
            . "\r\n" } 1 .. $count / $sockets;

        # the answers must be taken in time, or both would wait

        my $pid = fork() // die;
        if ($pid == 0) { print $socket $text; $socket->flush; POSIX::_exit(0); }

        local $/;
        my $answers = <$socket>;
        waitpid $pid, 0;

        $seen{$1}{$2}++
            while $answers =~ /^X-Reason: (\w+)\r\n(?:.*\r\n)*?X-Worker: (\d+)/mg;
    }

    return \%seen;
}

my $started = time();
my $seen = flood(10_000);
my $elapsed = time() - $started;

is(join(' ', keys %$seen), 'unknown_key', '10,000 kids, none of them known');

my $answers = 0;
$answers += $_ for values %{ $seen->{unknown_key} };

is($answers, 10_000, 'all are answered');
is(scalar keys %{ $seen->{unknown_key} }, 2, 'by two workers');

my $fetches = asked('/keys') - 1;

cmp_ok($fetches, '>=', 1, 'they have the set fetched');
cmp_ok($fetches, '<=', 1 + $elapsed / 2,
       sprintf 'once in two seconds at most: %d times in %.1f s', $fetches,
               $elapsed);

my @times = map { $_->{time} } asked('/keys');

for (2 .. $#times) {
    cmp_ok($times[$_] - $times[$_ - 1], '>', 1.95, 'two seconds apart');
}


# a new key is found by the first that needs it, who waits for it

sleep 0.01 while time() < $times[-1] + 2.1;

answer('/keys', body => jwks('two'), delay => 0.5);

my $before = asked('/keys');

my @waiting = map { $nginx->send('/t', token(signer => $_)) }
                  qw( two two two other other );
my @found = map { $nginx->receive($_) } @waiting;

is(join(' ', map { $_->{reason} } @found),
   'ok ok ok unknown_key unknown_key', 'who waits is answered');
cmp_ok($found[0]{seconds}, '>', 0.4, 'when the set is there');
is(asked('/keys') - $before, 1, 'all share one fetch');

my $quick = $nginx->get('/t', token(signer => 'another'));

is($quick->{reason}, 'unknown_key', 'the next unknown kid');
cmp_ok($quick->{seconds}, '<', 0.3, 'does not wait');
is(asked('/keys') - $before, 1, 'and fetches nothing yet');


# the kid of a key that is found does not have anything fetched

sleep 0.01 while time() < $times[-1] + 4.5;
$before = asked('/keys');

is($nginx->get('/t', token(signer => 'two'))->{reason}, 'ok', 'a known kid');
is($nginx->get('/t', token(signer => 'x', jose => { kid => 'two' }))->{reason},
   'bad_signature', 'a known kid of another key');
is($nginx->get('/t', token(signer => 'two', jose => { kid => '(absent)' }))
         ->{reason}, 'ok', 'none');
is($nginx->get('/t', token(signer => 'x', jose => { kid => '(absent)' }))
         ->{reason}, 'bad_signature', 'none, and another key');
is(asked('/keys') - $before, 0, 'and nothing is fetched');

is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg)\]/)], [],
          'nothing bad is logged');

done_testing();
