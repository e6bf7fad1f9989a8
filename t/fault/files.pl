# A key file that changes while memory is short is read when there is some
# again: it is not the file that was bad.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib', 't/fault';
use Test::More;
use Time::HiRes qw( sleep time );

use ActorToken::Mint;
use Faulty;

my $nginx = Faulty->new(<<'_EOC_');
    actor_token_issuer acme {
        issuer https://login.acme.example;
        jwks acme.jwks;
        tenant acme;
    }

    server {
        listen 127.0.0.1:$PORT;

        location / {
            actor_token test;
            actor_token_audience https://api.example.com;
            actor_token_tenant acme;
            try_files /index.html =404;
        }
    }
_EOC_

# workers look every few seconds

sub await {
    my ($condition) = @_;

    my $deadline = time() + 12;

    until ($condition->()) {
        return 0 if time() > $deadline;
        sleep 0.02;
    }

    return 1;
}

sub status {
    my ($signer) = @_;

    return $nginx->get('/', 'Authorization: Bearer '
                            . token(signer => $signer))->{status};
}

$nginx->start;

is(status('acme'), 200, 'the first key');

# how many allocations it takes; none of them fails

$nginx->allow_until(1e6, libraries => 1);
$nginx->write('conf/acme.jwks', jwks('second'));

ok(await(sub { $nginx->logged(qr/have been read again/) == 1 }), 'the file is read');
my $count = $nginx->counted;

$nginx->allow_until(0);
is(status('second'), 200, 'the second key');
cmp_ok($count, '>', 10, "it takes $count allocations");

$nginx->allow_until(int($count / 2), libraries => 1, all => 1);
$nginx->write('conf/acme.jwks', jwks('third'));

ok(await(sub { $nginx->failed }), 'memory is short');
ok(await(sub { $nginx->logged(qr/could not be read again: out of memory/) }),
   'which is logged');

$nginx->allow_until(0);

is(status('second'), 200, 'the second key is in use');
ok(await(sub { $nginx->logged(qr/have been read again/) == 2 }),
   'the file is read when there is memory');
is(status('third'), 200, 'the third key');
is(status('second'), 401, 'in place of the second');

$nginx->stop;
$nginx->sound('key files');

done_testing();
