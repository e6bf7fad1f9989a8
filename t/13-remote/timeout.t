# A key server that hangs: a request waits for key_timeout, and no longer.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;
use Time::HiRes qw( time );

use ActorToken::Gateway;
use ActorToken::Mint;

answer('/keys', hang => 1);

my $nginx = gateway(http => site(issuer => 'key_timeout 700ms;
                                            key_refetch 1s;'));
my $token = token(signer => 'one');

for ('the first', 'the next') {
    my $answer = $nginx->get('/t', $token);

    is($answer->{reason}, 'keys_unavailable', "no set: $_");
    is($answer->{status}, 503, "$_: 503");
    is($answer->{headers}{'www-authenticate'}, undef, "$_: no challenge");
    cmp_ok($answer->{seconds}, '>', 0.6, "$_ waits");
    cmp_ok($answer->{seconds}, '<', 1.4, "$_ waits no longer than key_timeout");
}

is(scalar asked('/keys'), 1, 'they share one fetch');

# the one that hangs is over when nginx's own timeout is

publish('/keys', 'one');

$nginx->reload(http => site(issuer => 'key_timeout 700ms; key_refetch 1s;',
    keys => 'location = /keys {
        internal;
        proxy_read_timeout 1s;
        proxy_pass http://$ORIGIN/keys;
    }'));

ok(await(sub { $nginx->get('/t', $token)->{reason} eq 'ok' }, 15), 'a set');

answer('/keys', hang => 1);

my $answer = $nginx->get('/t', token(signer => 'two'));

is($answer->{reason}, 'unknown_key', 'there is a set: unknown_key');
is($answer->{status}, 401, 'status 401');
cmp_ok($answer->{seconds}, '>', 0.6, 'after the time');
cmp_ok($answer->{seconds}, '<', 1.4, 'and no longer');

$answer = $nginx->get('/t', $token);

is($answer->{reason}, 'ok', 'a known kid meanwhile');
cmp_ok($answer->{seconds}, '<', 0.3, 'waits for nothing');

my $line = await { ($nginx->logged(qr/could not be fetched/))[-1] };
like($line, qr/the location answered 504; the last good set stays in use/,
     'the fetch that hung is logged in the end');


# 0 is never to wait

answer('/never', hang => 1);

$nginx->reload(http => site(issuers => 'actor_token_issuer acme {
        issuer https://login.acme.example;
        key_request /never;
        key_timeout 0;
        tenant acme;
    }', keys => 'location = /never {
        internal;
        proxy_pass http://$ORIGIN/never;
    }'));

$answer = $nginx->get('/t', $token);

is($answer->{reason}, 'keys_unavailable', 'key_timeout 0');
cmp_ok($answer->{seconds}, '<', 0.3, 'does not wait');

is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg)\]/)], [],
          'nothing bad is logged');

done_testing();
