# How long a fetched set is fresh, and that it is fetched anew in time whether
# there are requests or not.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;
use Time::HiRes qw( time );

use ActorToken::Gateway;
use ActorToken::Mint;

sub fresh_for {
    my ($nginx) = @_;

    my $line = await { ($nginx->logged(qr{have been fetched}))[0] };
    my ($ms) = ($line // '') =~ /"acme" have been fetched, and are fresh for (\d+) ms/;

    return $ms;
}

publish('/keys', 'one');

my $nginx = gateway(http => site(issuer => 'key_cache 1s;'), workers => 2);

is(fresh_for($nginx), 1000, 'fresh for key_cache');
ok(await { asked('/keys') >= 4 }, 'fetched again without a request');

my @times = map { $_->{time} } asked('/keys');
my $between = $times[-1] - $times[0];

cmp_ok($between / $#times, '>', 0.9, 'and not before it is not fresh any more');
cmp_ok($between / $#times, '<', 1.8, 'nor long after');

is($nginx->get('/t', token(signer => 'one'))->{reason}, 'ok',
   'a token is accepted meanwhile');
is($nginx->get('/t', token(signer => 'two'))->{reason}, 'unknown_key',
   'and another is not');

publish('/keys', 'two');
my $started = time();

ok(await { $nginx->get('/t', token(signer => 'one'))->{reason}
           eq 'unknown_key' },
   'a key is withdrawn without anybody who has another');
cmp_ok(time() - $started, '<', 2.5, 'as soon as the set is not fresh');


# "Cache-Control: max-age" may shorten the time, but not below a minute

for (['max-age=120', 120_000], ['max-age=5', 60_000], ['no-store', 60_000],
     ['max-age=7200', 3_600_000], ['public', 3_600_000])
{
    my ($control, $ms) = @$_;

    # another set each time, or the one of before would be there

    state $n = 0;
    $n++;

    answer("/keys$n", body => jwks('one'),
           headers => ["Cache-Control: $control"]);

    $nginx->mark;
    $nginx->reload(http => site(issuers => "
        actor_token_issuer acme {
            issuer https://login$n.acme.example;
            key_request /keys;
            tenant acme;
        }", keys => "
        location = /keys {
            internal;
            proxy_pass http://\$ORIGIN/keys$n;
        }"));

    is(fresh_for($nginx), $ms, "$control: fresh for $ms ms of an hour");
}

answer('/keys9', body => jwks('one'), headers => ['Cache-Control: max-age=1']);

$nginx->mark;
$nginx->reload(http => site(issuers => '
    actor_token_issuer acme {
        issuer https://login9.acme.example;
        key_request /keys;
        key_cache 1500ms;
        tenant acme;
    }', keys => '
    location = /keys {
        internal;
        proxy_pass http://$ORIGIN/keys9;
    }'));

is(fresh_for($nginx), 1500, 'a short key_cache is its own floor');

is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg|error)\]/)], [],
          'nothing bad is logged');

done_testing();
