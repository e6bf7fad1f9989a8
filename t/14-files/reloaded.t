# What the workers of a third configuration free was made for an earlier one's
# log: they must not miss it.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;

use ActorToken::Gateway;
use ActorToken::Mint;

my $conf = scratch() . '/conf';

write_file("$conf/acme.jwks", jwks('one'));

my $nginx = gateway(workers => 2,
                    http => site(keys => '', issuers => '
    actor_token_issuer acme {
        issuer https://login.acme.example;
        jwks acme.jwks;
        tenant acme;
    }'));

$nginx->reload for 1 .. 4;

is($nginx->get('/t', token(signer => 'one'))->{reason}, 'ok',
   'after four reloads');

write_file("$conf/acme.jwks", jwks('two'));

ok(await { $nginx->get('/t', token(signer => 'two'))->{reason} eq 'ok' },
   'a changed file');

my %worker = map { $_->{worker} => $_->{reason} }
             $nginx->from_workers(sub {
                 $nginx->get('/t', token(signer => 'two'));
             });

is(scalar(grep { $_ eq 'ok' } values %worker), 2, 'in both workers');

$nginx->stop;

is_deeply([$nginx->logged(qr/exited on signal|\[(?:alert|crit|emerg)\]/)], [],
          'no worker has died');

done_testing();
