# "{tenant}" in key_request: a set for each tenant, fetched for requests to
# that tenant alone.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;
use Time::HiRes qw( sleep time );

use ActorToken::Gateway;
use ActorToken::Mint;

sub issuer {
    my (%o) = @_;

    my $tenants = $o{tenants} // 'any';

    return "actor_token_issuer idp {
        issuer \"https://idp.example/{tenant}/v2\";
        key_request \"/keys/{tenant}?v=2\";
        key_timeout 20s;
        key_refetch 1s;
        tenants $tenants;
        @{[ $o{more} // '' ]}
    }";
}

my $keys = 'location /keys/ {
    internal;
    proxy_pass http://$ORIGIN/keys/;
}';

# the tenant is the first label of Host

my $server = 'actor_token_tenant $host_tenant;';
my $off = 'location = /off {
        actor_token_tenant off;
        try_files /none @ok;
    }';
my $http = 'map $host $host_tenant { ~^(?<t>[a-z0-9-]+)\.example$ $t; }';

sub token_of {
    my ($tenant, $signer, %o) = @_;

    return token(signer => $signer,
                 claims => { iss => "https://idp.example/$tenant/v2", %o });
}

sub config {
    my (%o) = @_;

    my $site = site(issuers => issuer(%o), keys => $keys,
                    server => $server . ($o{server} // ''),
                    http => $http, location => $o{location} // '');

    $site =~ s/actor_token_tenant acme;//;
    return $site;
}

publish("/keys/$_", $_) for qw( red blue green );

my $nginx = gateway(workers => 2, http => config());

sub get {
    my ($host, $token, $uri) = @_;

    $nginx->{host} = "$host.example";
    return $nginx->get($uri // '/t', $token);
}

is(scalar asked('/keys/red'), 0, 'nothing is fetched without a request');

for (qw( red blue )) {
    my $answer = get($_, token_of($_, $_));

    is($answer->{reason}, 'ok', "$_: its own key");
    is(scalar asked("/keys/$_"), 1, "$_: one fetch");
}

my ($request) = asked('/keys/red');
is($request->{uri}, '/keys/red?v=2', 'the tenant in the URI');

# kids do not tell: a key of one tenant signs for another

is(get('red', token_of('red', 'blue'))->{reason}, 'unknown_key',
   "another tenant's key");
is(get('red', token(signer => 'blue', jose => { kid => 'red' },
                    claims => { iss => 'https://idp.example/red/v2' }))
       ->{reason}, 'bad_signature', "another tenant's key with this kid");
is(get('red', token(signer => 'blue', jose => { kid => '(absent)' },
                    claims => { iss => 'https://idp.example/red/v2' }))
       ->{reason}, 'bad_signature', "another tenant's key without a kid");

my $fetches = asked('/keys/red') + asked('/keys/blue');

is(get('red', token_of('blue', 'blue'))->{reason}, 'tenant_mismatch',
   'a token of another tenant');
is(get('red', token_of('green', 'green'))->{reason}, 'tenant_mismatch',
   'one whose keys are not there');
is(get('red', token_of('evil', 'evil'))->{reason}, 'tenant_mismatch',
   'one that nobody knows');
is(get('_', token_of('red', 'red'))->{reason}, 'tenant_unresolved',
   'a request that is for no tenant');

is(scalar asked('/keys/green') + asked('/keys/evil'), 0,
   'has nothing fetched');
is(asked('/keys/red') + asked('/keys/blue'), $fetches, 'for nobody');

my @lines = $nginx->logged(qr/rejected: tenant_mismatch/);
like($lines[0], qr/tenant in "iss", expected: "red", got: "blue"/,
     'which is logged');

# remembered tokens are nothing else

is(get('red', token_of('red', 'red', jti => 'x'))->{reason}, 'ok',
   'another token') for 1 .. 3;
is(get('blue', token_of('red', 'red', jti => 'x'))->{reason},
   'tenant_mismatch', 'elsewhere');


# a list

$nginx->reload(http => config(tenants => 'red green', server => $off));
$fetches = asked('/keys/blue');

is(get('red', token_of('red', 'red'))->{reason}, 'ok', 'among "tenants"');
is(get('blue', token_of('blue', 'blue'))->{reason}, 'tenant_not_allowed',
   'not among them');
is(get('red', token_of('blue', 'blue'))->{reason}, 'tenant_not_allowed',
   'which comes before the request');
is(scalar asked('/keys/blue'), $fetches, 'without a fetch');

is(get('red', token_of('red', 'red'), '/off')->{reason}, 'ok',
   'actor_token_tenant off: one of the list');
is(get('red', token_of('green', 'green'), '/off')->{reason}, 'ok',
   'another of the list');
is(get('red', token_of('blue', 'blue'), '/off')->{reason},
   'tenant_not_allowed', 'and no other');


# a tenant that fails has no effect on others, and pauses

$nginx->mark;
answer('/keys/dead', status => 404);
$nginx->reload(http => config());

is(get('dead', token_of('dead', 'dead'))->{reason}, 'keys_unavailable',
   'a tenant without keys') for 1 .. 5;
is(scalar asked('/keys/dead'), 1, 'is asked for once');
like(($nginx->logged(qr/could not be fetched/))[0],
     qr/keys of issuer "idp" for tenant "dead" could not be fetched: the location answered 404$/,
     'and named in the log');
is(get('red', token_of('red', 'red'))->{reason}, 'ok', 'another one has keys');


# ten thousand failing tenants: nobody's set has to go for them

publish("/keys/good$_", "good$_") for 1 .. 3;
get("good$_", token_of("good$_", "good$_")) for 1 .. 3;

for my $n (1 .. 1200) {
    get("bad$n", token_of("bad$n", 'x'));
}

is(get("good$_", token_of("good$_", "good$_"))->{reason}, 'ok',
   'a set is kept') for 1 .. 3;
is(join(' ', map { scalar asked("/keys/good$_") } 1 .. 3), '1 1 1',
   'and not fetched again');


# at most eight fetches of an issuer at a time, in all workers

my @slow = map { "slow$_" } 1 .. 20;

answer("/keys/$_", wait => 'slow') for @slow;

my @waiting = map { $nginx->{host} = "$_.example";
                    $nginx->send('/t', token_of($_, $_)) } @slow;

sub running { return scalar map { asked("/keys/$_") } @slow }

ok(await { running() == 8 }, 'eight run');
sleep 0.5;
is(running(), 8, 'and no more');

is(get('red', token_of('red', 'red'))->{reason}, 'ok',
   'which is nothing to those who have keys');

publish("/keys/$_", $_) for @slow;
touch('slow');

my %reasons;
$reasons{ $nginx->receive($_)->{reason} }++ for @waiting;

is_deeply(\%reasons, { ok => 20 }, 'all get theirs in the end');
is(running(), 20, 'by one fetch each');


# keys rotate for each tenant by itself

publish('/keys/red', 'red2');

is(get('red', token_of('red', 'red2'))->{reason}, 'ok', 'a new key');
is(get('red', token_of('red', 'red'))->{reason}, 'unknown_key', 'the old one');
is(get('blue', token_of('blue', 'blue'))->{reason}, 'ok', 'of one tenant');


# a template with a host label, and a key with an "issuer" member

$nginx->stop;

answer('/of/sun', body => jwks({ %{ jwk('sun') },
                                 issuer => 'https://{tenantid}.idp.example/' },
                               { %{ jwk('moon') },
                                 issuer => 'https://moon.idp.example/' }));

$nginx = gateway(http => config() =~
    s{"https://idp.example/\{tenant\}/v2"}{"https://{tenant}.idp.example/"}r
  =~ s{"/keys/\{tenant\}\?v=2"}{"/of/{tenant}"}r =~ s{/keys/}{/of/}gr);

$nginx->{host} = 'sun.example';

for (['sun', 'ok'], ['moon', 'unknown_key']) {
    my ($signer, $reason) = @$_;

    is($nginx->get('/t', token(signer => $signer,
           claims => { iss => 'https://sun.idp.example/' }))->{reason},
       $reason, "a host label, and a key of $signer: $reason");
}

is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg)\]/)], [],
          'nothing bad is logged');


# a tenant whose path has another location, which may not be for keys

$nginx->stop;

publish("/keys/$_", $_) for qw( open own red );

my $others = join '', map {
    my ($name, $what) = @$_;

    "location = /keys/$name { $what proxy_pass http://\$ORIGIN/keys/$name; }\n"
} ['open', ''], ['own', 'internal;'];

$nginx = gateway(http => config() =~ s{(?=location /keys/)}{$others}r);
$nginx->mark;

my $fetched = asked('/keys/open');

is(get('open', token_of('open', 'open'))->{reason}, 'keys_unavailable',
   'a location that is not internal');
is(scalar asked('/keys/open'), $fetched, 'is asked for no keys');
is(scalar $nginx->logged(qr/for tenant "open" could not be fetched: the location for the tenant's path is not internal/),
   1, 'and that is logged');
is(get($_, token_of($_, $_))->{reason}, 'ok', "$_: one that is")
    for qw( own red );

done_testing();
