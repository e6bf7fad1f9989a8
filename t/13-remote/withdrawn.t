# Once any worker has taken a set, what is missing from it verifies nothing in
# any worker from its next request on, remembered tokens included.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;

use ActorToken::Gateway;
use ActorToken::Mint;

publish('/keys', 'one', 'both');

my $nginx = gateway(workers => 2, http => site(issuer => 'key_refetch 1s;'));

my %token = map { $_ => token(signer => $_) } qw( one both two );
my $remembered = token(signer => 'one', claims => { jti => 'remembered' });

# from each worker, when it is remembered

sub hits {
    my ($token) = @_;

    await { my @answers = $nginx->from_workers(
                              sub { $nginx->get('/t', $token) });
            !grep { $_->{cache} ne 'HIT' } @answers };
}

ok(hits($token{$_}), "remembered in each worker: $_") for qw( one both );
ok(hits($remembered), 'and another token');
is(scalar asked('/keys'), 1, 'one fetch for both');

publish('/keys', 'both', 'two');

my $answer = $nginx->get('/t', $token{two});

is($answer->{reason}, 'ok', 'a token of the new key has it fetched');
is(scalar asked('/keys'), 2, 'once');

# the first answers of both workers, one of which has not fetched

my @answers = $nginx->from_workers(sub { $nginx->get('/t', $token{one}) });

is_deeply([map { $_->{reason} } @answers], ['unknown_key', 'unknown_key'],
          'the withdrawn key verifies nothing, in no worker');

@answers = $nginx->from_workers(sub { $nginx->get('/t', $remembered) });

is_deeply([map { $_->{reason} } @answers], ['unknown_key', 'unknown_key'],
          'nor does it for another remembered token');

@answers = $nginx->from_workers(sub { $nginx->get('/t', $token{both}) });

is_deeply([map { $_->{reason} } @answers], ['ok', 'ok'],
          'what is left does');
is_deeply([map { $_->{cache} } @answers], ['HIT', 'HIT'], 'and is remembered');

# many times: the one that takes a set and the one that is asked next differ
# at random

for my $n (1 .. 6) {
    my ($old, $new) = ("old$n", "new$n");
    my ($was, $is) = map { token(signer => $_) } $old, $new;

    publish('/keys', $old);
    ok(await { $nginx->get('/t', $was)->{reason} eq 'ok' }, "$n: the old key");
    hits($was) or fail("$n: remembered");

    publish('/keys', $new);
    ok(await { $nginx->get('/t', $is)->{reason} eq 'ok' }, "$n: the new key");

    my @reasons = map { $nginx->get('/t', $was)->{reason} } 1 .. 8;
    is("@reasons", join(' ', ('unknown_key') x 8), "$n: the old one is gone");
}


# a key of the same kid is another key

publish('/keys', 'new6');
my ($was, $is) = map { token(signer => $_, jose => { kid => 'same' }) }
                     qw( new7 new8 );

answer('/keys', body => jwks({ %{ jwk('new7') }, kid => 'same' }));
ok(await { $nginx->get('/t', $was)->{reason} eq 'ok' }, 'a kid');
hits($was) or fail('remembered');

answer('/keys', body => jwks({ %{ jwk('new8') }, kid => 'same' }));
$nginx->get('/t', token(signer => 'unknown'));

ok(await { $nginx->get('/t', token(signer => 'unknown'));
           $nginx->get('/t', $is)->{reason} eq 'ok' }, 'the kid of another key');
is($_->{reason}, 'bad_signature', 'verifies nothing of the first')
    for $nginx->from_workers(sub { $nginx->get('/t', $was) });

is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg)\]/)], [],
          'nothing bad is logged');

done_testing();
