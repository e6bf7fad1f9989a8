# An issuer has no more than 256 keys, whenever they come: of files that are
# read again and of a set that is fetched.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;

use ActorToken::Gateway;
use ActorToken::Mint;

my $conf = scratch() . '/conf';

sub keys_of {
    my ($name, $n) = @_;

    return jwks($name, map { jwk('acme', kid => "$name-$_") } 2 .. $n);
}

write_file("$conf/few.jwks", keys_of('few', 56));
write_file("$conf/many.jwks", keys_of('many', 200));
write_file("$conf/other.jwks", keys_of('other', 156));

answer('/keys', body => keys_of('one', 100));

my $nginx = gateway(http => site(issuers => '
    actor_token_issuer acme {
        issuer https://login.acme.example;
        jwks few.jwks;
        jwks many.jwks;
        tenant acme;
    }
    actor_token_issuer fetched {
        issuer https://fetched.example;
        jwks other.jwks;
        key_request /keys;
        key_cache 1s;
        key_refetch 1s;
        tenant acme;
    }'));

sub reason {
    my ($signer, $iss) = @_;

    return $nginx->get('/t', token(signer => $signer,
                                   claims => $iss ? { iss => $iss } : {}))
                 ->{reason};
}

my $fetched = 'https://fetched.example';

is(reason('few'), 'ok', '56 keys in a file');
is(reason('many'), 'ok', 'and 200 in another');
is(reason('one', $fetched), 'ok', '100 that are fetched');
is(reason('other', $fetched), 'ok', 'and 156 in a file');

$nginx->mark;
write_file("$conf/few.jwks", keys_of('fewer', 57));
answer('/keys', body => keys_of('two', 101));

ok(await(sub { $nginx->logged(qr/\[error\] .*few\.jwks" and the other keys of issuer "acme" are more than 256; the last good keys stay in use/) }, 12),
   'one more in a file');
ok(await { $nginx->logged(qr/"fetched" could not be fetched: holds more than 256 keys with those of files; the last good set stays in use/) },
   'one more that is fetched');

is(reason('few'), 'ok', 'the last good file');
is(reason('fewer'), 'unknown_key', 'and not the new one');
is(reason('one', $fetched), 'ok', 'the last good set');
is(reason('two', $fetched), 'unknown_key', 'and not the new one');

# when another file has fewer, there is room for what was too much

write_file("$conf/many.jwks", keys_of('many', 199));
write_file("$conf/other.jwks", keys_of('other', 155));

ok(await(sub { reason('fewer') eq 'ok' }, 16), 'room for the file');
is(reason('few'), 'unknown_key', 'in place of the last good one');
ok(await(sub { reason('two', $fetched) eq 'ok' }, 16), 'room for the set');
is(reason('one', $fetched), 'unknown_key', 'in place of the last good one');

is(scalar $nginx->logged(qr/are more than 256/), 1, 'which was told once');
is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg)\]/)], [],
          'nothing bad is logged');

done_testing();
