# A worker keeps the sets of 10,000 tenants.  The one that was used least
# recently goes for another, but not while somebody waits for it.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use IO::Socket::INET ();
use Test::More;

use ActorToken::Gateway;
use ActorToken::Mint;

my $keys = 'location /of/ {
    internal;
    root conf;
    try_files /acme.jwks =404;
}
location = /of/slow {
    internal;
    proxy_pass http://$ORIGIN/keys;
}
location = /metrics {
    actor_token off;
    actor_token_metrics;
}';

my $site = site(issuers => 'actor_token_issuer idp {
        issuer "https://idp.example/{tenant}/v2";
        key_request "/of/{tenant}";
        key_timeout 60s;
        tenants any;
    }',
    keys => $keys, server => 'actor_token_tenant $tenant;',
    http => 'map $host $tenant { ~^(?<t>[a-z0-9]+)\.example$ $t; }
             keepalive_requests 100000;
             actor_token_log_level info;');

$site =~ s/actor_token_tenant acme;//;

answer('/keys', wait => 'go');
write_file(scratch() . '/conf/acme.jwks', jwks('acme'));

my $nginx = gateway(http => $site, level => 'error');

sub token_of {
    my ($tenant) = @_;

    return token(signer => 'acme',
                 claims => { iss => "https://idp.example/$tenant/v2" });
}

# keys are fetched before it is seen that they have not made the signature

my ($head, undef, $signature) = split /\./, token_of('x');

sub request {
    my ($tenant) = @_;

    my $payload = b64u(payload({ iss => "https://idp.example/$tenant/v2" }));

    return "GET /t HTTP/1.1\r\nHost: $tenant.example\r\n"
           . "Authorization: Bearer $head.$payload.$signature\r\n\r\n";
}

# how many of these were refused for their signature

sub refused {
    my (@tenants) = @_;

    my $socket = IO::Socket::INET->new("127.0.0.1:$nginx->{port}") or die $!;
    my ($refused, $buffer) = (0, '');

    my $more = sub {
        sysread $socket, $buffer, 65536, length $buffer or die 'closed';
    };

    while (my @some = splice @tenants, 0, 50) {
        print {$socket} map { request($_) } @some;

        for (@some) {
            $more->() until $buffer =~ /\r\n\r\n/;

            $buffer =~ s{\AHTTP/1\.1 (\d+) .*?^Content-Length: (\d+).*?\r\n\r\n}{}ms
                or die "no answer: $buffer";

            my ($status, $length) = ($1, $2);

            $more->() while length $buffer < $length;

            substr $buffer, 0, $length, '';
            $refused++ if $status == 401;
        }
    }

    return $refused;
}

sub metric {
    my ($series) = @_;

    my ($value) = $nginx->get('/metrics')->{body} =~ /^\Q$series\E (\d+)$/m;
    return $value // 'none';
}

sub kept    { return metric('actor_token_keys{issuer="idp"}') }
sub fetches {
    return metric('actor_token_key_fetches_total{issuer="idp",result="ok"}');
}

sub reason {
    my ($tenant) = @_;

    $nginx->{host} = "$tenant.example";
    return $nginx->get('/t', token_of($tenant))->{reason};
}

# one waits for its keys until all others have come

$nginx->{host} = 'slow.example';
my $waiting = $nginx->send('/t', token_of('slow'));

ok(await { asked('/keys') }, 'keys are asked for');

is(refused(map { "t$_" } 1 .. 9999), 9999, 'as many tenants as there may be');
is(kept(), 9999, 'have keys');

is(reason('late1'), 'ok', 'one more has keys as well');
is(reason('late2'), 'ok', 'and another one');
is(kept(), 9999, 'in place of others');

answer('/keys', body => jwks('acme'));
touch('go');

is($nginx->receive($waiting)->{reason}, 'ok', 'but not of the one that waits');
is(kept(), 10000, 'which is one of them');

my $fetches = fetches();

is(reason($_), 'ok', "$_ has keys") for qw( slow late1 t9999 t3 );
is(fetches(), $fetches, 'they are there');
is(reason($_), 'ok', "$_ has keys, too") for qw( t1 t2 );
is(fetches(), $fetches + 2, 'which were fetched again');

is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg)\]/)], [],
          'nothing bad is logged');

done_testing();
