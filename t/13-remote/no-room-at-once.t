# Where actor_token_key_zone has no room for a set, and two workers have been
# given different ones at nearly the same time: each uses its own until
# key_refetch has passed, or they would fetch with every request.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;
use Time::HiRes qw( time );

use ActorToken::Gateway;
use ActorToken::Mint;

my $nginx;

# a connection to this worker, which has answered one request there

sub connection_to {
    my ($worker) = @_;

    return await {
        my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                           PeerPort => gateway_port())
            or return 0;

        syswrite $socket, "GET /who HTTP/1.1\r\nHost: localhost\r\n\r\n";

        my $head = '';

        while ($head !~ /\r\n\r\n/) {
            sysread($socket, $head, 4096, length $head) or return 0;
        }

        return $head =~ /^X-Worker: $worker\r$/m ? $socket : 0;
    };
}

sub ask {
    my ($socket, $signer) = @_;

    my $token = token(signer => $signer);

    syswrite $socket, "GET /t HTTP/1.1\r\nHost: localhost\r\n"
                      . "Connection: close\r\n"
                      . "Authorization: Bearer $token\r\n\r\n";

    return $nginx->receive($socket)->{reason};
}

sub publish_large {
    answer('/keys', body => jwks(@_) . ' ' x 65536);
}

publish_large('one');

$nginx = gateway(workers => 2, http => site(
    http => 'actor_token_key_zone 32k;',
    issuer => 'key_refetch 2s;',
    server => "location = /who {
        actor_token off;
        $Show
        return 204;
    }"));

my ($one, $two) = $nginx->workers;

is(ask(connection_to($_), 'one'), 'ok', 'a worker has the key')
    for $one, $two;

my $started = time();

is(scalar asked('/keys'), 2, 'which each has fetched for itself');

ok(await { time() > $started + 2.2 }, 'key_refetch passes');

# they fetch different sets, one after the other

my $other = connection_to($two);
my @same = map { connection_to($one) } 1 .. 3;

publish_large('two');
is(ask($same[0], 'two'), 'ok', 'a new set, in one worker');

publish_large('three');
$started = time();
is(ask($other, 'three'), 'ok', 'and another in the other');

is(ask($same[1], 'two'), 'ok', 'each uses what it has just fetched');
is(scalar asked('/keys'), 4, 'without another fetch');

ok(await { time() > $started + 2.2 }, 'key_refetch passes');

is(ask($same[2], 'two'), 'unknown_key', 'and then the latest');
is(ask(connection_to($one), 'three'), 'ok', 'which has the other key');

is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg)\]/)], [],
          'nothing bad is logged');

done_testing();
