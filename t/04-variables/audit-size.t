# An audit line is cut so that it stays JSON, wherever the cut falls.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use JSON::PP ();
use Test::More;

use ActorToken::Gateway;
use ActorToken::Mint;

my $nginx = gateway(http => site(
    http => q(log_format audit escape=none '$actor_token_audit';
              large_client_header_buffers 4 128k;),
    issuers => 'actor_token_issuer acme {
        issuer https://login.acme.example;
        jwks acme.jwks;
        tenant acme;
    }',
    keys => '',
    server => 'actor_token_max_size 128k;
               actor_token_max_depth 100;
               access_log logs/audit.log audit;'));

# actors whose names are cut themselves, and as many as JSON's depth allows

my $act;

for (1 .. 29) {
    $act = { sub => "agent-$_-" . 'a' x 300,
             iss => 'https://login.acme.example/' . 'i' x 300,
             defined $act ? (act => $act) : () };
}

$act->{iss} = 'https://login.acme.example';

my $token = token(claims => { act => $act, aud => [
    'https://api.example.com', map { "https://$_.example" } 1 .. 50 ] });

# each length of what comes in front of the chain

my $requests = 0;

for my $host (1, 240) {
    $nginx->{host} = 'h' x $host;

    for my $uri (0 .. 239) {
        my $answer = $nginx->get('/t' . 'u' x $uri, $token);

        $requests++;
        last if $answer->{reason} ne 'ok';
    }
}

my $log = scratch() . '/logs/audit.log';
my @lines;

await { @lines = split /\n/, ActorToken::Gateway::read_file($log);
        @lines == $requests };

is(scalar @lines, 480, 'a line for each request');

my $json = JSON::PP->new->utf8;
my (@bad, %chain, %aud);

for (@lines) {
    my $line = eval { $json->decode($_) };

    push @bad, $_ unless $line && $line->{reason} eq 'ok'
                         && length($_) < 8192;

    $chain{ scalar @{ $line->{chain} // [] } }++;
    $aud{ scalar @{ $line->{aud} // ['none'] } }++ if $line->{aud};
    $aud{none}++ if !$line->{aud};
}

is("@bad", '', 'each is JSON, and short');
is(join(' ', grep { $_ < 12 || $_ > 16 } keys %chain), '',
   'the chain ends early');
ok($aud{none}, 'audiences are left out without room for any');
ok($aud{0} && $aud{1} && $aud{5}, 'else there are as many as fit');

is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg)\]/)], [],
          'nothing bad is logged');

done_testing();
