# Key files are read again at a reload: a removed key verifies nothing any
# more, and a bad file leaves the old configuration in place.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;

use ActorToken::Gateway;
use ActorToken::Mint;

my $set = scratch() . '/conf/set.json';

write_file($set, jwks('one'));

my $nginx = gateway(http => site(keys => '', issuers => '
    actor_token_issuer acme {
        issuer https://login.acme.example;
        jwks set.json;
        tenant acme;
    }'));

sub reason {
    my ($signer) = @_;

    return $nginx->get('/t', token(signer => $signer))->{reason};
}

is(reason('one'), 'ok', 'the first key');
is(reason('two'), 'unknown_key', 'another');

write_file($set, jwks('two'));
$nginx->reload;

is(reason('two'), 'ok', 'the file is replaced');
is(reason('one'), 'unknown_key', 'the first is gone');

$nginx->mark;
my @before = $nginx->workers;

write_file($set, 'broken');
$nginx->signal('HUP');

ok(await { $nginx->logged(qr/\[emerg\] .*set\.json.* in \S+:\d+/) },
   'a bad file is refused, with file and line');

is_deeply([$nginx->workers], \@before, 'the workers stay');
is(reason('two'), 'ok', 'with the keys they have');

write_file($set, jwks('one'));
$nginx->reload;

is(reason('one'), 'ok', 'a good one again');

done_testing();
