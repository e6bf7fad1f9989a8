# A remembered token counts only for the block that its "iss" belongs to now:
# a literal block that is added takes what was its template's.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;

use ActorToken::Gateway;
use ActorToken::Mint;

sub site_with {
    my ($more) = @_;

    my $site = site(keys => '', issuers => '
    actor_token_issuer login {
        issuer "https://login.example/{tenant}/v2";
        jwks login.jwks;
        tenants acme;
    }' . ($more // ''), server => '
        location /login {
            actor_token_trust login;
            root html;
            try_files /none @ok;
        }');

    return (http => $site);
}

write_file(scratch() . '/conf/login.jwks', jwks('one'));
write_file(scratch() . '/conf/own.jwks', jwks('two'));

my $nginx = gateway(site_with());

my %claims = (claims => { iss => 'https://login.example/acme/v2' });
my $token = token(signer => 'one', %claims);

sub seen {
    my ($uri, $sent) = @_;

    my $got = $nginx->get($uri, $sent);
    return "$got->{reason} $got->{cache}";
}

is(seen('/t', $token), 'ok MISS', 'the first time');
is(seen('/t', $token), 'ok HIT', 'the second');
is(seen('/login', $token), 'ok HIT', 'where only its block is trusted');

$nginx->reload(site_with('
    actor_token_issuer other {
        issuer https://login.example/other/v2;
        jwks own.jwks;
        tenant other;
    }'));

is(seen('/t', $token), 'ok HIT', 'a block for another iss changes nothing');

$nginx->reload(site_with('
    actor_token_issuer own {
        issuer https://login.example/acme/v2;
        jwks own.jwks;
        tenant acme;
    }'));

is(seen('/t', $token), 'unknown_key MISS', 'one for its own has other keys');
is(seen('/login', $token), 'untrusted_issuer MISS', 'and is not trusted here');
is(seen('/t', token(signer => 'two', %claims)), 'ok MISS',
   'but its tokens are where it is');

$nginx->reload(site_with());

is(seen('/t', $token), 'ok HIT', 'without it all is as before');

done_testing();
