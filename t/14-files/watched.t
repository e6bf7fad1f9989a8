# Key files are watched: what changes is used in every worker without a
# reload, and what has become bad is not.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;
use Time::HiRes qw( time );

use ActorToken::Gateway;
use ActorToken::Mint;

my $conf = scratch() . '/conf';

# "moved" into its place, as most who know do, or "written" over

sub moved {
    my ($name, $content, $mode) = @_;

    write_file("$conf/$name", $content);
    chmod $mode // 0644, "$conf/$name" or die "$name: $!";
}

sub written {
    my ($name, $content) = @_;

    open my $fh, '>', "$conf/$name" or die "$name: $!";
    print $fh $content;
    close $fh;
}

my @files = qw( moved written broken removed unsafe large mixed turned );

moved("$_.jwks", jwks("$_-old")) for @files;
moved('single.pem', key_pem('single-old'));
moved('shared.secret', secret('hs256-old'), 0600);
moved('set-with-secret.jwks', jwks('with-old', 'hs384-old'), 0600);
moved('unreadable.jwks', jwks('unreadable-old'), 0600);

# the group of workers may read it, and nobody else

my $group = (getpwnam 'nobody')[3];

moved('grouped.jwks', jwks('grouped-old'), 0640);
chown 0, $group, "$conf/grouped.jwks" if $> == 0;

my $sources = join "\n", map { "jwks $_.jwks;" } @files;

my $nginx = gateway(workers => 2,
                    main => $> == 0 ? 'user nobody ' . getgrgid($group) . ';'
                                    : '',
                    http => site(issuers => "
    actor_token_issuer acme {
        issuer https://login.acme.example;
        algorithms ES256 HS256 HS384;
        tenant acme;
        $sources
        key single.pem alg=ES256 kid=single;
        key shared.secret alg=HS256 kid=shared;
        jwks set-with-secret.jwks;
        jwks unreadable.jwks;
        jwks grouped.jwks;
    }", keys => ''));

sub reason {
    my ($signer, $kid) = @_;

    return $nginx->get('/t', token(signer => $signer,
                                   jose => { kid => $kid // $signer }))
                 ->{reason};
}

# of both workers

sub reasons {
    my ($signer, $kid) = @_;

    my $token = token(signer => $signer, jose => { kid => $kid // $signer });

    return join ' ', map { $_->{reason} }
                     $nginx->from_workers(sub { $nginx->get('/t', $token) });
}

sub await_reason {
    my ($reason, @signer) = @_;

    my $started = time();
    my $found = await(sub { reasons(@signer) eq "$reason $reason" }, 12);

    return $found ? time() - $started : undef;
}

is(reasons("$_-old"), 'ok ok', "$_: at first") for @files;
is(reasons('single-old', 'single'), 'ok ok', 'a PEM key at first');
is(reasons('hs256-old', 'shared'), 'ok ok', 'a secret at first');
is(reasons('with-old'), 'ok ok', 'a set with a secret at first');
is(reasons('unreadable-old'), 'ok ok', 'what root has read at first');


# everything changes at once

$nginx->mark;

my $private = { %{ jwk('private') }, d => b64u('d' x 32) };

moved('moved.jwks', jwks('moved-new'));
written('written.jwks', jwks('written-new'));
moved('single.pem', key_pem('single-new'));
written('broken.jwks', jwks('broken-new') . 'x');
unlink "$conf/removed.jwks" or die;
moved('unsafe.jwks', jwks('unsafe-new'), 0646);
moved('large.jwks', jwks('large-new') . ' ' x (1024 * 1024));
moved('mixed.jwks', jwks('mixed-new', $private));
moved('turned.jwks', jwks('turned-new', 'hs256-turned'), 0600);
chmod 0644, "$conf/turned.jwks";
moved('shared.secret', secret('hs256-new'), 0600);
moved('set-with-secret.jwks', jwks('with-new', 'hs384-old'), 0600);
moved('unreadable.jwks', jwks('unreadable-new'), 0600);

my $seconds = await_reason('ok', 'moved-new');

ok(defined $seconds, 'a file that is moved into its place is read');
cmp_ok($seconds // 100, '<', 10, 'within ten seconds');
is(reasons('moved-old'), 'unknown_key unknown_key', 'in place of the old');

ok(defined await_reason('ok', 'written-new'), 'a file that is written over');
is(reasons('written-old'), 'unknown_key unknown_key', 'in place of the old');
ok(defined await_reason('ok', 'single-new', 'single'), 'a PEM key');
is(reasons('single-old', 'single'), 'bad_signature bad_signature',
   'in place of the old');
ok(defined await_reason('ok', 'mixed-new'), 'a set with a bad key');
is(reasons('private', 'private'), 'unknown_key unknown_key',
   'which alone is left out');
is(reasons('mixed-old'), 'unknown_key unknown_key', 'in place of the old');

# other files have been looked at when one more is changed and read

sub another_round {
    my ($n) = @_;

    moved('moved.jwks', jwks("moved-$n"));
    return await_reason('ok', "moved-$n");
}

ok(defined another_round(1), 'a round later');

# what is as bad as before is no news

written('broken.jwks', jwks('broken-new') . 'x');

ok(defined another_round(2), 'and one more');
ok(defined another_round(3), 'and another one');

my %told = (
    broken => 'is not JSON in strict UTF-8',
    removed => "open() \"$conf/removed.jwks\" failed",
    unsafe => 'may be written by others: run "chmod o-w" on it',
    large => 'is larger than 1 MiB',
    turned => 'holds a secret',
);

for my $name (sort keys %told) {
    is(reasons("$name-old"), 'ok ok', "$name: the last good keys are in use");
    is(reasons("$name-new"), 'unknown_key unknown_key', "$name: and no others");

    my @lines = $nginx->logged(qr/\[error\] .*\/\Q$name\E\.jwks/);

    is(scalar @lines, 1, "$name: told once, by one worker");

    like($lines[0], qr/\Q$told{$name}\E.*; the last good keys stay in use/,
         "$name: with the cause");
}

is(scalar $nginx->logged(qr/key 2 \(kid "private"\) of issuer "acme" .*; it is left out/),
   1, 'a bad key is told once, too');
is(scalar $nginx->logged(qr/\[notice\] .*keys of issuer "acme" have been read again from ".*\/written.jwks"/),
   1, 'a file that is read again is noticed once');

is(reasons('hs256-old', 'shared'), 'ok ok', 'a secret is not watched');
is(reasons('hs256-new', 'shared'), 'bad_signature bad_signature',
   'nor is another read');
is(reasons('with-old'), 'ok ok', 'a set with a secret is not watched');
is(reasons('hs256-turned'), 'unknown_key unknown_key',
   'a secret does not come by a watched file');


# all is well again

moved('broken.jwks', jwks('broken-old'));
moved('removed.jwks', jwks('removed-new'));
chmod 0644, "$conf/unsafe.jwks" or die;
moved('large.jwks', jwks('large-new'));
moved('turned.jwks', jwks('turned-new'));

ok(defined await_reason('ok', "$_-new"), "$_: good again")
    for qw( removed unsafe large turned );
is(reasons('broken-old'), 'ok ok', 'broken: as it was');
is(reasons('broken-new'), 'unknown_key unknown_key',
   'broken: nothing is left of it');

# the same fault as before is a new one

$nginx->mark;
written('broken.jwks', jwks('broken-new') . 'x');
ok(await(sub { $nginx->logged(qr/broken\.jwks/) }), 'broken: told again');


# what a worker cannot read

SKIP: {
    skip 'not root: workers read all that is read', 5 if $> != 0;

    is(reasons('unreadable-old'), 'ok ok', 'a file of root is not watched');
    is(reasons('unreadable-new'), 'unknown_key unknown_key',
       'and not read again');

    delete $nginx->{mark};

    my @lines = $nginx->logged(qr/\[notice\] .*unreadable\.jwks/);

    is(scalar @lines, 1, 'which is noticed');
    is(scalar $nginx->logged(qr/\[notice\] .*grouped\.jwks" cannot be read/), 0,
       "but not of a file of the workers' group");
    like($lines[0], qr/"\Q$conf\E\/unreadable\.jwks" cannot be read by workers, and will be read only at start and reload in .*nginx\.conf:\d+$/,
         'with file and line');
}

is(scalar $nginx->logged(qr/shared\.secret/), 0,
   'a secret is not, for nobody expects that');
is(scalar $nginx->logged(qr/set-with-secret.*holds a secret, and is read only/),
   1, 'but public keys beside one are');


# a reload reads all of them, and refuses any that is not perfect

moved('mixed.jwks', jwks('mixed-new'));
moved('broken.jwks', jwks('broken-new'));
$nginx->mark;
$nginx->reload;

is(reasons($_->[0], $_->[1] // $_->[0]), 'ok ok', "after a reload: $_->[0]")
    for ['hs256-new', 'shared'], ['with-new'], ['unreadable-new'],
        ['broken-new'];
is(reasons('hs256-old', 'shared'), 'bad_signature bad_signature',
   'after a reload: not the old secret');

is_deeply([grep { !/rejected/ }
                $nginx->logged(qr/\[(?:alert|crit|emerg|error)\]/)], [],
          'nothing bad is logged');

done_testing();
