# What a key server must not answer: the last good set stays in use, and one
# line in the log says why, with the name of the issuer block.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;
use Time::HiRes qw( sleep time );

use ActorToken::Gateway;
use ActorToken::Mint;

publish('/keys', 'one');

my $config = site(issuer => 'key_cache 200ms; key_refetch 1s; key_timeout 2s;');
my $nginx = gateway(http => $config);
my $token = token(signer => 'one');

is($nginx->get('/t', $token)->{reason}, 'ok', 'a good set');

my %rsa = %{ public_jwk('rsa') };

my @bad = (
    [{ status => 500 }, 'the location answered 500'],
    [{ status => 302, headers => ['Location: /elsewhere'] },
     'the location answered 302'],
    [{ status => 204 }, 'the location answered 204'],
    [{ type => 'text/html' }, 'the answer is text/html'],
    [{ type => 'text/html; charset=utf-8' }, 'the answer is text/html'],
    [{ headers => ['Content-Encoding: gzip'] },
     'the answer has a Content-Encoding'],
    [{ body => ' ' x (1024 * 1024 + 1) }, 'the answer is larger than 1 MiB'],
    [{ body => '' }, 'is not JSON in strict UTF-8'],
    [{ body => 'keys' }, 'is not JSON in strict UTF-8'],
    [{ body => jwks('one') . 'x' }, 'is not JSON in strict UTF-8'],
    [{ body => '{"keys":[],"keys":[]}' }, 'has a member twice'],
    [{ body => '{"keys":[],"n":9223372036854775808}' },
     'has a number that is too large'],
    [{ body => '[]' }, 'is not a JSON object'],
    [{ body => '{"jwks_uri":"https://x"}' }, 'has no "keys" array'],
    [{ body => '{"keys":{}}' }, 'has no "keys" array'],
    [{ body => '{"keys":[]}' }, 'holds no usable key'],
    [{ body => jwks({ %rsa, use => 'enc' }) }, 'holds no usable key'],
    [{ body => jwks({ kty => 'XYZ', kid => 'one' }) }, 'holds no usable key'],
    [{ body => jwks(map { { kty => 'XYZ', kid => "$_" } } 1 .. 257) },
     'holds more than 256 keys'],
);

# The pauses after failures grow, so each is tried on a set of its own.

my $n = 0;

for (@bad) {
    my ($given, $cause) = @$_;
    my $path = '/bad' . ++$n;
    my $name = join ' ', '(standards 69: a decision of this module)',
                    $given->{status} // 200,
                    $given->{type} // @{ $given->{headers} // [] },
                    substr $given->{body} // '', 0, 30;

    publish($path, 'one');
    $nginx->reload(http => $config =~ s{/keys}{$path}gr);
    is($nginx->get('/t', $token)->{reason}, 'ok', "$name: a good set before")
        or next;

    $nginx->mark;
    answer($path, body => jwks('two'), %$given);

    my $line = await { ($nginx->logged(qr/could not be fetched/))[0] };

    like($line, qr/\[error\] .*: keys of issuer "acme" could not be fetched: \Q$cause\E.*; the last good set stays in use$/,
         "$name: logged");
    is($nginx->get('/t', $token)->{reason}, 'ok',
       "$name: the good set is in use");
    is($nginx->get('/t', token(signer => 'two'))->{reason}, 'unknown_key',
       "$name: and not the other");
    is(scalar $nginx->logged(qr/could not be fetched/), 1, "$name: one line");
}


# what is fine

for (['application/jwk-set+json'], ['text/plain'], ['text/htmlx'],
     ['application/json; charset=utf-8'])
{
    my $path = '/good' . ++$n;

    answer($path, body => jwks('two'), type => $_->[0]);
    $nginx->reload(http => $config =~ s{/keys}{$path}gr);
    is($nginx->get('/t', token(signer => 'two'))->{reason}, 'ok', $_->[0]);
}

answer('/large', body => ' ' x (1024 * 1024 - length jwks('two'))
                         . jwks('two'));
$nginx->reload(http => $config =~ s{/keys}{/large}gr);
is($nginx->get('/t', token(signer => 'two'))->{reason}, 'ok', '1 MiB');


# a refused key is left out, and told once, by one worker

my $private = { %{ jwk('two') }, d => b64u('d' x 32) };

answer('/mixed', body => jwks('one', $private, 'three'));
$nginx->stop;
$nginx = gateway(workers => 2, http => $config =~ s{/keys}{/mixed}gr);
$nginx->mark;

for my $signer (qw( one three )) {
    is($_->{reason}, 'ok', "the others are used: $signer")
        for $nginx->from_workers(sub {
                $nginx->get('/t', token(signer => $signer)) });
}

is($nginx->get('/t', token(signer => 'two'))->{reason}, 'unknown_key',
   'a refused key is not');

my $fetches = asked('/mixed');
ok(await { asked('/mixed') > $fetches + 1 }, 'it is fetched again and again');

# those of before the mark included

delete $nginx->{mark};
my @told = $nginx->logged(qr/it is left out/);

like($told[0], qr/\[error\] .*: key 2 \(kid "two"\) of issuer "acme" .*private.*; it is left out$/,
     'the refused key is told');
is(scalar @told, 1, "once");


# secrets do not come by the network, whatever "algorithms" has

$nginx->stop;

answer('/secret', body => jwks({ %{ jwk('hs256') }, alg => 'HS256' }));
answer('/mixed2', body => jwks({ %{ jwk('hs256') }, alg => 'HS256' }, 'one'));

for (['/secret', 'keys_unavailable', 'keys_unavailable'],
     ['/mixed2', 'unknown_key', 'ok'])
{
    my ($path, $secret, $other) = @$_;
    my $block = substr $path, 1;

    my $nginx = gateway(http => site(issuers => "actor_token_issuer $block {
            issuer https://login.acme.example;
            key_request $path;
            algorithms HS256 ES256;
            tenant acme;
        }", keys => "location = $path {
            internal;
            proxy_pass http://\$ORIGIN$path;
        }"));

    is($nginx->get('/t', token(signer => 'hs256'))->{reason}, $secret,
       "$path: a fetched secret verifies nothing");
    is($nginx->get('/t', token(signer => 'one'))->{reason}, $other,
       "$path: another key");
    is(scalar $nginx->logged(qr/of issuer "$block" is a secret, which is none once it is published; it is left out$/),
       1, "$path: and is logged");
    $nginx->stop;
}

done_testing();
