# A worker that takes the place of one that has died has the last good keys of
# a file that has become bad, and not those that nginx was started with.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;

use ActorToken::Gateway;
use ActorToken::Mint;

my $conf = scratch() . '/conf';
my @files = qw( broken removed unreadable back );
my $algorithms = 'ES256';

sub site_of {
    my ($http) = @_;

    return (http => site(keys => '', http => $http // '', issuers => "
    actor_token_issuer acme {
        issuer https://login.acme.example;
        tenant acme;
        algorithms $algorithms;
        @{[ map { qq( jwks $_.jwks; ) } @files ]}
    }"));
}

my $nginx;

sub reason {
    my ($signer) = @_;

    return $nginx->get('/t', token(signer => $signer))->{reason};
}

sub another_worker {
    my ($old) = $nginx->workers;

    kill 'KILL', $old;
    await { my ($new) = $nginx->workers; $new && $new != $old } or die;
}

write_file("$conf/$_.jwks", jwks("$_-old")) for @files;

# a worker that is not root cannot read what only root may

my $group = getgrgid((getpwnam 'nobody')[3]);

$nginx = gateway(main => $> == 0 ? "user nobody $group;" : '', site_of());

is(reason("$_-old"), 'ok', "$_: at first") for @files;

write_file("$conf/$_.jwks", jwks("$_-new")) for @files;

ok(await(sub { reason("$_-new") eq 'ok' }, 12), "$_: changed") for @files;
is(reason("$_-old"), 'unknown_key', "$_: the old key is gone") for @files;

write_file("$conf/back.jwks", jwks('back-old'));

ok(await(sub { reason('back-old') eq 'ok' }, 12), 'back: as it was at first');

$nginx->mark;

write_file("$conf/broken.jwks", 'no keys');
write_file("$conf/back.jwks", 'no keys');
unlink "$conf/removed.jwks" or die;
chmod 0, "$conf/unreadable.jwks" or die;

ok(await(sub { $nginx->logged(qr/"\Q$conf\E\/$_\.jwks"/) }, 12), "$_: bad")
    for @files;

another_worker();

for (qw( broken removed unreadable )) {
    is(reason("$_-new"), 'ok', "$_: the last good key in another worker");
    is(reason("$_-old"), 'unknown_key', "$_: and not the one before");
}

is(reason('back-old'), 'ok', 'back: the last good key in another worker');
is(reason('back-new'), 'unknown_key', 'back: and not the one before');

is(scalar $nginx->logged(qr/\[notice\] .*keys of issuer "acme" are those last read from "\Q$conf\E\/broken\.jwks" by an earlier worker/),
   1, 'which is told');

write_file("$conf/$_.jwks", jwks("$_-3")) for @files;

ok(await(sub { reason("$_-3") eq 'ok' }, 12), "$_: good again") for @files;
is(reason("$_-new"), 'unknown_key', "$_: in place of the kept one") for @files;

# what was read at a reload counts, and nothing from before: here a set that
# was bad until then, so that no worker has read it anew

$nginx->mark;
write_file("$conf/broken.jwks", jwks('rsa'));
ok(await(sub { $nginx->logged(qr/"\Q$conf\E\/broken\.jwks"/) }, 12),
   'bad for its algorithm');

my $told = time;
ok(await(sub { time > $told + 2 }), 'which nobody looks at again');

$algorithms = 'ES256 RS256';
$nginx->reload(site_of());

is(reason('rsa'), 'ok', 'good after a reload');

$nginx->mark;
write_file("$conf/broken.jwks", 'no keys');
ok(await(sub { $nginx->logged(qr/"\Q$conf\E\/broken\.jwks"/) }, 12),
   'bad again');

another_worker();

is(reason('rsa'), 'ok', 'the keys of the reload in another worker');
is(reason('broken-3'), 'unknown_key', 'and none of before');

is_deeply([$nginx->logged(qr/\[(?:crit|emerg)\]/)], [], 'no more is logged');

$nginx->stop;


# a set for which there is no room in the zone

write_file("$conf/$_.jwks", jwks("$_-old")) for @files;

$nginx = gateway(site_of('actor_token_key_zone 32k;'));

is(reason('broken-old'), 'ok', 'no room: at first');

write_file("$conf/broken.jwks", jwks('broken-new') . ' ' x 65536);
ok(await(sub { reason('broken-new') eq 'ok' }, 12), 'no room: changed');

$nginx->mark;
write_file("$conf/broken.jwks", 'no keys');
ok(await(sub { $nginx->logged(qr/"\Q$conf\E\/broken\.jwks"/) }, 12), 'no room: bad');

another_worker();

is(reason('broken-new'), 'unknown_key', 'no room: the last good key is lost');
is(reason('broken-old'), 'unknown_key', 'no room: the first is not used');
is(reason('back-old'), 'ok', 'no room: but those of another file');

is(scalar $nginx->logged(qr/\[error\] .*broken\.jwks" are lost, for which actor_token_key_zone had no room; no key of this file is used/),
   1, 'no room: which is told');

write_file("$conf/broken.jwks", jwks('broken-3'));
ok(await(sub { reason('broken-3') eq 'ok' }, 12), 'no room: good again');

done_testing();
