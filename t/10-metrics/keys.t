# Keys: how many, how old, for how long; and fetching them.

use strict;
use warnings;

use lib 't/lib', 't/10-metrics', 't/80-docs';

use Test::More;

use ActorToken::Mint;
use Docs;
use Metrics;

my $locations = <<'_EOC_';
location ~ ^/keys/(\w+)$ {
    internal;
    access_log off;
    proxy_pass http://unix:@DIR@/server.sock:/published/$1.json;
}

location /published/ {
    access_log off;
    root @DIR@;
}
_EOC_

sub fetching {
    my ($name, $more) = @_;

    return Metrics::issuer($name, "key_request /keys/$name;\n"
                                  . "key_refetch 1s;\n$more");
}

my $gateway = Metrics->new(workers => 2, issuers => Metrics::issuer('file'),
                           server => $locations);

mkdir "$gateway->{dir}/published";

sub publish {
    my ($name, @keys) = @_;

    spew("$gateway->{dir}/published/new", jwks(@keys));
    rename "$gateway->{dir}/published/new",
           "$gateway->{dir}/published/$name.json" or die $!;
}

sub withdraw {
    my ($name) = @_;

    unlink "$gateway->{dir}/published/$name.json";
}

# metrics of an issuer's keys; those that it has

sub keys_of {
    my ($name) = @_;

    my $series = $gateway->series;
    my %keys = (
        keys => qq(keys{issuer="$name"}),
        age => qq(keys_age_seconds{issuer="$name"}),
        stale_in => qq(keys_stale_in_seconds{issuer="$name"}),
        ok => qq(key_fetches_total{issuer="$name",result="ok"}),
        failed => qq(key_fetches_total{issuer="$name",result="failed"}),
    );

    return { map { exists $series->{$keys{$_}}
                   ? ($_ => $series->{$keys{$_}}) : () } keys %keys };
}

sub json_of {
    my ($name) = @_;

    my ($issuer) = grep { $_->{name} eq $name }
                        @{ $gateway->json->{issuers} };
    return $issuer;
}

sub awaits {
    my ($what, $done) = @_;

    ok(Metrics::await($done), $what)
        or diag(explain([map { keys_of($_) } qw( good short never )]),
                slurp("$gateway->{dir}/logs/error.log"));
}


# a file

is_deeply([sort keys %{ keys_of('file') }], [qw( age keys )],
          'keys of a file are never given up, and not fetched');
is(keys_of('file')->{keys}, 1, 'one key');

$gateway->reload(issuers => Metrics::issuer('file', <<'_EOC_'));
jwks keys/acme.jwks;
key keys/rsa.pem alg=RS256 kid=rsa;
_EOC_
is(keys_of('file')->{keys}, 2, 'of two files');


# fetched ones

publish('good', 'acme', 'p256-2');
publish('short', 'acme');

$gateway->reload(issuers =>
    Metrics::issuer('file')
    . fetching('good', 'key_stale 1h;')
    . fetching('short', "key_cache 1s;\nkey_stale 3s;")
    . fetching('never', ''));

awaits('keys are fetched', sub { (keys_of('good')->{keys} // 0) == 2 });

my $good = keys_of('good');

cmp_ok($good->{ok}, '>=', 1, 'a fetch went well');
is($good->{failed}, 0, 'and none failed');
cmp_ok($good->{age}, '<', 60, 'the keys are young');
cmp_ok($good->{stale_in}, '<=', 7200, 'and good for an hour after an hour');
cmp_ok($good->{stale_in}, '>', 7100, 'or nearly so');

is(json_of('good')->{keys}{count}, 2, 'JSON - keys');
is(json_of('good')->{fetches}{failed}, 0, 'JSON - no failures');
ok(json_of('good')->{fetches}{last_ok}, 'JSON - the last fetch went well');
cmp_ok(abs(json_of('good')->{fetches}{last} - time), '<', 60,
       'JSON - and when');

awaits('keys that there are not',
       sub { (keys_of('never')->{failed} // 0) >= 1 });

my $never = keys_of('never');

is($never->{keys}, 0, 'none');
is($never->{ok}, 0, 'no fetch went well');
ok(!exists $never->{stale_in} && !exists $never->{age},
   'what is not there has no age');
ok(!json_of('never')->{fetches}{last_ok}, 'JSON - the last fetch failed');

is($gateway->get('/t', token(claims => { iss => 'https://id.never.example' })),
   503, 'its tokens are refused');
is_deeply($gateway->decisions(1), { 'never rejected keys_unavailable' => 1 },
          'for that reason');


# keys that are fetched again, until that fails

my $before = keys_of('short')->{ok};

awaits('each second', sub { keys_of('short')->{ok} > $before });
withdraw('short');
awaits('no longer', sub { keys_of('short')->{failed} >= 1 });

my $short = keys_of('short');

cmp_ok($short->{stale_in} // 0, '<=', 4, 'the end comes near');
awaits('at last there are none', sub { keys_of('short')->{keys} == 0 });
ok(!exists keys_of('short')->{stale_in}, 'and none to be given up');
is(json_of('short')->{keys}{count}, 0, 'JSON - none');

publish('short', 'acme', 'p256-2', 'p256-3');
awaits('new ones', sub { keys_of('short')->{keys} == 3 });

my $counts = [@{ keys_of('short') }{qw( failed )}];

$gateway->reload;
cmp_ok(keys_of('short')->{failed}, '>=', $counts->[0],
       'counts stay through a reload');


# each tenant has keys of its own

publish('acme', 'acme');

$gateway->reload(issuers => <<'_EOC_' =~ s/NAME/tenants/r);
actor_token_issuer NAME {
    issuer "https://id.example/{tenant}";
    key_request "/keys/{tenant}";
    tenants acme globex;
    actor_tenant_claim t;
}
_EOC_

is_deeply(keys_of('tenants'), {}, 'no keys before any tenant is asked for');

my $token = token(claims => { iss => 'https://id.example/acme',
                              act => { sub => 'svc', t => 'acme' } });

for (1 .. 20) {
    is($gateway->get('/t', $token), 200, 'a token of a tenant');
}

awaits('its keys', sub { (keys_of('tenants')->{keys} // 0) == 1 });
is(keys_of('tenants')->{ok}, 1, 'which were fetched once, for all workers');

done_testing();
