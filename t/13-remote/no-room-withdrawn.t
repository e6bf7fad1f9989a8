# A key is withdrawn from a set for which actor_token_key_zone has no room: the
# workers, which fetch it each for itself, learn from each other that it is
# another.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;
use Time::HiRes qw( time );

use ActorToken::Gateway;
use ActorToken::Mint;

my $issuers = join '', 'actor_token_key_zone 32k;', map {
    "actor_token_issuer $_ {
        issuer https://login.$_.example;
        key_request /keys/$_;
        key_refetch 1s;
        tenant acme;
    }\n"
} qw( acme other );

my $keys = 'location /keys/ {
    internal;
    proxy_pass http://$ORIGIN/keys/;
}';

sub publish_large {
    my ($block, @signers) = @_;

    answer("/keys/$block", body => jwks(@signers) . ' ' x 65536);
}

publish_large($_, 'one') for qw( acme other );

my $nginx = gateway(workers => 3,
                    http => site(issuers => $issuers, keys => $keys));

sub reasons {
    my ($signer, $block) = @_;

    my $token = token(signer => $signer,
                      claims => { iss => 'https://login.'
                                         . ($block // 'acme') . '.example' });

    return join ' ', map { $_->{reason} }
                         $nginx->from_workers(sub { $nginx->get('/t', $token) });
}

is(reasons('one'), 'ok ok ok', 'each worker has the key');
is(reasons('one', 'other'), 'ok ok ok', "and another issuer's");

my $fetched = asked('/keys/acme');
my $before = asked('/keys/other');
my $since = (asked('/keys/acme'))[-1]{time};

# a worker uses what it has fetched itself just before

ok(await { time() > $since + 1.2 }, 'key_refetch passes');

publish_large('acme', 'two');

is($nginx->get('/t', token(signer => 'two'))->{reason}, 'ok',
   'a new key, which one worker fetches');

is(reasons('one'), 'unknown_key unknown_key unknown_key',
   'the key that is withdrawn verifies nothing in any worker');
is(reasons('two'), 'ok ok ok', 'and the new one does in each');

cmp_ok(asked('/keys/acme') - $fetched, '<=', 6, 'after few fetches');

is(reasons('one', 'other'), 'ok ok ok', "another issuer's key is in use");
is(scalar asked('/keys/other'), $before, 'and not fetched again');

is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg)\]/)], [],
          'nothing bad is logged');

done_testing();
