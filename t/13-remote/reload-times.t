# A reload that changes the times of "key_request" changes them for the set
# that has been fetched; and it ends the pause after a failure.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;

use ActorToken::Gateway;
use ActorToken::Mint;

my $nginx;

sub timed {
    my ($cache, $stale, $refetch) = @_;

    return (http => site(issuer => "key_cache $cache; key_stale $stale;
                                    key_refetch $refetch;"));
}

sub reason {
    my ($signer) = @_;

    return $nginx->get('/t', token(signer => $signer))->{reason};
}

publish('/keys', 'one');

$nginx = gateway(timed('1h', '24h', '60s'));

is(reason('one'), 'ok', 'a set for an hour and a day');
is(scalar asked('/keys'), 1, 'is fetched once');

publish('/keys', 'two');
$nginx->reload(timed('1s', '24h', '60s'));

ok(await { reason('one') eq 'unknown_key' }, 'is not fresh any more');
is(reason('two'), 'ok', 'and has been fetched again');

answer('/keys', status => 500);
ok(await { $nginx->logged(qr/could not be fetched/) }, 'fetching fails');
is(reason('two'), 'ok', 'while the last good set stays in use');

$nginx->reload(timed('1s', '1s', '60s'));

ok(await { reason('two') eq 'keys_unavailable' }, 'but not for a day now');

$nginx->reload(timed('1s', '24h', '60s'));

is(reason('two'), 'ok', 'for a day again');

# who has mended what failed reloads, and need not wait for the pause

publish('/keys', 'three');
$nginx->reload(timed('1s', '24h', '60s'));

ok(await { reason('three') eq 'ok' }, 'nor does a pause outlive a reload');

is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg)\]/)], [],
          'nothing bad is logged');

done_testing();
