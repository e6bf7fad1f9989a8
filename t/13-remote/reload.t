# Sets outlive a reload; a fetch that a worker does not finish is another's.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;
use Time::HiRes qw( sleep time );

use ActorToken::Gateway;
use ActorToken::Mint;

publish('/keys', 'one');

my $nginx = gateway(workers => 2, http => site(issuer => 'key_timeout 10s;'));
my $token = token(signer => 'one');

is($nginx->get('/t', $token)->{reason}, 'ok', 'accepted');
is(scalar asked('/keys'), 1, 'after a fetch');

answer('/keys', hang => 1);

$nginx->reload for 1 .. 3;

for ($nginx->from_workers(sub { $nginx->get('/t', $token) })) {
    is($_->{reason}, 'ok', 'accepted after three reloads');
    cmp_ok($_->{seconds}, '<', 0.5, 'without waiting');
}

is(scalar asked('/keys'), 1, 'and without a fetch');

$nginx->reload(http => site(issuer => 'key_timeout 10s; key_cache 2h;
                                       algorithms ES256 RS256;'));

is($nginx->get('/t', $token)->{reason}, 'ok', 'other directives of the block');
is(scalar asked('/keys'), 1, 'do not matter');

# the set is there, and none of its keys may be used

$nginx->mark;
$nginx->reload(http => site(issuer => 'key_timeout 300ms; algorithms RS256;'));

is($nginx->get('/t', $token)->{reason}, 'algorithm_not_allowed',
   'another algorithm');
is($nginx->get('/t', token(signer => 'rsa'))->{reason}, 'keys_unavailable',
   'for which there is no key');
is(scalar asked('/keys'), 2, 'the set is fetched anew');
is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg)\]/)], [], 'no more');


# another issuer, and another key_request

publish('/other', 'two');
publish('/keys', 'three');

my $other = 'location = /other {
    internal;
    proxy_pass http://$ORIGIN/other;
}';

$nginx->reload(http => site(issuers => 'actor_token_issuer acme {
        issuer https://login.acme.example;
        key_request /other;
        tenant acme;
    }', keys => $other));

is($nginx->get('/t', token(signer => 'two'))->{reason}, 'ok',
   'another key_request');
is($nginx->get('/t', $token)->{reason}, 'unknown_key', 'has other keys');
is(scalar asked('/other'), 2, 'which were fetched, and again for a kid');

$nginx->reload(http => site(issuers => 'actor_token_issuer acme {
        issuer https://other.acme.example;
        key_request /other;
        tenant acme;
    }', keys => $other));

is($nginx->get('/t', token(signer => 'two',
                           claims => { iss => 'https://other.acme.example' }))
         ->{reason}, 'ok', 'another issuer');
is(scalar asked('/other'), 3, 'has a set of its own');


# a fetch under way for which nobody waits: the next workers do it at once

answer('/wait', wait => 'release1');

my $wait = 'location = /wait {
    internal;
    proxy_pass http://$ORIGIN/wait;
}';

my $issuers = 'actor_token_issuer acme {
    issuer https://login.acme.example;
    key_request /wait;
    key_timeout 10s;
    tenant acme;
}';

$nginx->mark;
$nginx->reload(http => site(issuers => $issuers, keys => $wait));

ok(await { asked('/wait') == 1 }, 'a fetch that takes long');

$nginx->reload;

ok(await { asked('/wait') == 2 }, 'is begun anew after a reload');
ok(await { !$nginx->leaving }, 'and does not hold up those that leave');

publish('/wait', 'one');
is($nginx->logged(qr/could not be fetched/), 0, 'it has not failed');
touch('release1');

# this one was made with "wait", and answers what is published now

ok(await { $nginx->get('/t', $token)->{reason} eq 'ok' }, 'its keys are used');


# requests that wait hold up the worker that they are in

answer('/wait2', wait => 'release2');

$issuers =~ s/wait/wait2/;
$wait =~ s/wait/wait2/g;

$nginx->mark;
$nginx->reload(http => site(issuers => $issuers, keys => $wait));

my @waiting = map { $nginx->send('/t', $token) } 1 .. 6;

ok(await { asked('/wait2') == 1 }, 'a fetch that is waited for');
sleep 0.3;

$nginx->reload;

ok(scalar $nginx->leaving, 'their workers stay');
publish('/wait2', 'one');
touch('release2');

my @answers = map { $nginx->receive($_) } @waiting;

is(join(' ', map { $_->{reason} } @answers), 'ok ok ok ok ok ok',
   'all are answered');
ok(await { !$nginx->leaving }, 'then the workers leave');
is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg|error)\]/)], [],
          'nothing bad is logged');


# the same when nginx is to quit

answer('/wait3', wait => 'release3');

$issuers =~ s/wait2/wait3/;
$wait =~ s/wait2/wait3/g;

$nginx->mark;
$nginx->reload(http => site(issuers => $issuers, keys => $wait));

@waiting = map { $nginx->send('/t', $token) } 1 .. 6;

ok(await { asked('/wait3') == 1 }, 'another fetch that is waited for');
sleep 0.3;
$nginx->signal('QUIT');
ok(!$nginx->gone(0.5), 'nginx does not quit yet');
publish('/wait3', 'one');
touch('release3');

@answers = map { $nginx->receive($_) } @waiting;

is(join(' ', map { $_->{reason} } @answers), 'ok ok ok ok ok ok',
   'all are answered');
ok($nginx->gone, 'then nginx quits');
is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg|error)\]/)], [],
          'nothing bad is logged');


# and with a fetch that hangs and is waited for: until key_timeout

answer('/hang', hang => 1);

$nginx = gateway(workers => 2, http => site(issuers =>
    'actor_token_issuer acme {
        issuer https://login.acme.example;
        key_request /hang;
        key_timeout 1s;
        tenant acme;
    }', keys => 'location = /hang {
        internal;
        proxy_pass http://$ORIGIN/hang;
    }'));

$nginx->mark;
my $socket = $nginx->send('/t', $token);
ok(await { asked('/hang') == 1 }, 'a fetch that hangs');
sleep 0.2;

my $started = time();
$nginx->signal('QUIT');
is($nginx->receive($socket)->{reason}, 'keys_unavailable', 'is given up');
ok($nginx->gone(10), 'and nginx quits');
cmp_ok(time() - $started, '<', 4, 'at once');
is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg)\]/)], [],
          'nothing bad is logged');


# a quick stop ends everything

answer('/quick', hang => 1);

$nginx = gateway(workers => 2, http => site(issuers =>
    'actor_token_issuer acme {
        issuer https://login.acme.example;
        key_request /quick;
        tenant acme;
    }', keys => 'location = /quick {
        internal;
        proxy_pass http://$ORIGIN/quick;
    }'));

$nginx->mark;
$socket = $nginx->send('/t', $token);
ok(await { asked('/quick') }, 'another that hangs');
sleep 0.2;
ok($nginx->stop('TERM'), 'a quick stop');
is($nginx->receive($socket)->{status}, 0, 'ends the request');
is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg)\]/)], [],
          'nothing bad is logged');

done_testing();
