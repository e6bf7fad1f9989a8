# HMAC secrets are never watched, whoever may read them.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;

use ActorToken::Gateway;
use ActorToken::Mint;

my $conf = scratch() . '/conf';

sub moved {
    my ($name, $content) = @_;

    write_file("$conf/$name", $content);
    chmod 0600, "$conf/$name" or die "$name: $!";
}

moved('shared.secret', secret('hs256-old'));
moved('set.jwks', jwks('with-old', 'hs384-old'));
moved('other.jwks', jwks('other-old'));
moved('turned.jwks', jwks('turned-old'));

# workers that may read what root may

my $nginx = gateway(workers => 2, main => $> == 0 ? 'user root;' : '',
                    http => site(issuers => '
    actor_token_issuer acme {
        issuer https://login.acme.example;
        algorithms ES256 HS256 HS384;
        tenant acme;
        key shared.secret alg=HS256 kid=shared;
        jwks set.jwks;
        jwks other.jwks;
        jwks turned.jwks;
    }', keys => ''));

sub reasons {
    my ($signer, $kid) = @_;

    my $token = token(signer => $signer, jose => { kid => $kid // $signer });

    return join ' ', map { $_->{reason} }
                     $nginx->from_workers(sub { $nginx->get('/t', $token) });
}

is(reasons('hs256-old', 'shared'), 'ok ok', 'a secret');
is(reasons('hs384-old'), 'ok ok', 'a secret in a set');
is(reasons('with-old'), 'ok ok', 'and a key beside it');

moved('shared.secret', secret('hs256-new'));
moved('set.jwks', jwks('with-new', 'hs384-new'));

# a set that had no secret is watched, but none comes by it

moved('turned.jwks', jwks('turned-new', 'hs256-turned'));

# twice, so that each worker has looked at all files once

for my $n (1 .. 2) {
    moved('other.jwks', jwks("other-$n"));
    ok(await(sub { reasons("other-$n") eq 'ok ok' }, 12),
       "$n: another file is read");
}

is(reasons('hs256-old', 'shared'), 'ok ok', 'the old secret is in use');
is(reasons('hs256-new', 'shared'), 'bad_signature bad_signature',
   'and not the new one');
is(reasons('hs384-old'), 'ok ok', 'likewise in a set');
is(reasons('hs384-new'), 'unknown_key unknown_key', 'in a set: not the new');
is(reasons('with-old'), 'ok ok', 'the key beside it');
is(reasons('with-new'), 'unknown_key unknown_key', 'is not watched either');

is(reasons('turned-old'), 'ok ok', 'a set that has a secret now: the last good');
is(reasons('turned-new'), 'unknown_key unknown_key', 'and nothing of the new');
is(reasons('hs256-turned'), 'unknown_key unknown_key', 'nor its secret');
is(scalar $nginx->logged(qr/turned\.jwks" holds a secret, which is read only at start and reload/),
   1, 'which is told once');

is_deeply([$nginx->logged(qr/\[error\] .*(?:shared\.secret|set\.jwks)/)], [],
          'nothing is said about what nobody looks at');

$nginx->reload;

is(reasons('hs256-new', 'shared'), 'ok ok', 'after a reload');
is(reasons('hs256-old', 'shared'), 'bad_signature bad_signature',
   'in place of the old');
is(reasons('hs384-new'), 'ok ok', 'and in the set');
is(reasons('hs256-turned'), 'ok ok', 'and in the one that had none');

done_testing();
