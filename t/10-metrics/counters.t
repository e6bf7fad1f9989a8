# What is counted, and what is not.

use strict;
use warnings;

use lib 't/lib', 't/10-metrics';

use Test::More;

use ActorToken::Mint;
use Metrics;

sub of {
    my ($name, %claims) = @_;

    my $signer = delete $claims{signer} // 'acme';

    return token(signer => $signer,
                 claims => { iss => "https://id.$name.example", %claims });
}

my $gateway = Metrics->new(
    issuers => Metrics::issuer('acme')
               . Metrics::issuer('other',
                                 'key keys/rsa.pem alg=RS256 kid=rsa;')
               . Metrics::issuer('idle'),
    server => <<'_EOC_');
location = /direct {
    actor_token test;
    actor_token_delegation optional;
    try_files /index.txt =404;
}

location = /other {
    actor_token test;
    actor_token_trust other;
    try_files /index.txt =404;
}

location = /off {
    try_files /index.txt =404;
}

location = /again {
    actor_token test;
    actor_token_audience https://elsewhere.example.com;
    error_page 401 = /t;
}

location = /out {
    actor_token test;
    actor_token_audience https://elsewhere.example.com;
    error_page 401 = /off;
}

location = /twice {
    actor_token test;
    log_subrequest on;
    addition_types *;
    add_after_body /t;
    try_files /index.txt =404;
}

location = /early {
    if ($actor_token_actor) { return 204; }
    actor_token test;
    return 200;
}
_EOC_

my $decided = 0;
my %expected;

# sends a request, and what must be counted then; '' for nothing

sub request {
    my ($what, $path, $token, $decision, @headers) = @_;

    $gateway->get($path, $token, @headers);

    if ($decision) {
        $expected{$decision}++;
        $decided++;
    }

    is_deeply($gateway->decisions($decided), \%expected, $what);
}


is_deeply($gateway->decisions, {}, 'nothing has happened');

my $series = $gateway->series;

for my $name (qw( acme other idle )) {
    is($series->{qq(requests_total{issuer="$name",status="passed",reason="ok"})},
       0, "$name is there nevertheless");
    is($series->{qq(delegated_requests_total{issuer="$name"})}, 0,
       "$name, with an actor");
}

request('accepted', '/t', of('acme'), 'acme passed ok');
request('accepted again', '/t', of('acme'), 'acme passed ok');
request('of another issuer', '/t', of('other', signer => 'rsa'),
        'other passed ok');
request('refused', '/t', of('acme', aud => 'https://elsewhere.example.com'),
        'acme rejected audience_mismatch');
request('forged', '/t', of('acme', signer => 'p256-forger'),
        'acme rejected unknown_key');
request('no token', '/t', undef, ' rejected missing');
request('no token of ours', '/t', 'x.y.z', ' rejected malformed');
request('an unknown issuer', '/t', of('nobody'),
        ' rejected untrusted_issuer');
request('an issuer that is known, and not trusted here', '/other', of('acme'),
        'acme rejected untrusted_issuer');
request('accepted in a dry run', '/dry', of('acme'), 'acme passed ok');
request('refused in a dry run', '/dry', of('acme', exp => 'now-3600'),
        'acme rejected_dry_run expired');
request('no token in a dry run', '/dry', undef, ' rejected_dry_run missing');
request('where nothing is checked', '/off', of('acme'), '');
request('the last verdict of two', '/again', of('acme'), 'acme passed ok');
request('a verdict that goes along', '/out', of('acme'),
        'acme rejected audience_mismatch');
request('a method that is not allowed', '/t', of('acme'), 'acme passed ok');

SKIP: {
    skip 'this nginx has no addition module', 1
        if !Docs::has_module('http_addition_module');
    request('subrequests are not counted', '/twice', of('acme'),
            'acme passed ok');
}

request('nor is early use', '/early', of('acme'), '');

# with and without an actor

my $before = $gateway->series
                     ->{'delegated_requests_total{issuer="acme"}'};

request('without an actor', '/direct', of('acme', act => '(absent)'),
        'acme passed ok');
is($gateway->series->{'delegated_requests_total{issuer="acme"}'}, $before,
   'which is no delegated one');
request('with one', '/direct', of('acme'), 'acme passed ok');
is($gateway->series->{'delegated_requests_total{issuer="acme"}'}, $before + 1,
   'which is');
request('with one, refused', '/t', of('acme', exp => 'now-3600'),
        'acme rejected expired');
is($gateway->series->{'delegated_requests_total{issuer="acme"}'}, $before + 1,
   'and is not counted as such');
is($gateway->series->{'delegated_requests_total{issuer="idle"}'}, 0,
   'others have none');


# verifications

$series = $gateway->series;

my ($es, $rs) = map { $series->{qq(verification_seconds_count{algorithm="$_"})} }
                    qw( ES256 RS256 );

is($rs, 1, 'one token with RS256 was verified');

request('one more', '/t', of('acme'), 'acme passed ok');
$series = $gateway->series;

is($series->{'verification_seconds_count{algorithm="ES256"}'}, $es + 1,
   'one more verification');

request('no key, no verification', '/t', of('acme', signer => 'p256-forger'),
        'acme rejected unknown_key');
is($gateway->series->{'verification_seconds_count{algorithm="ES256"}'},
   $es + 1, 'nothing was verified');

request('a signature that does not hold', '/t',
        token(signer => 'p256-forger', jose => { kid => 'acme' }, claims =>
              { iss => 'https://id.acme.example' }),
        'acme rejected bad_signature');
$series = $gateway->series;
is($series->{'verification_seconds_count{algorithm="ES256"}'}, $es + 2,
   'is one that was verified');

request('early use, and then the access phase', '/early', of('acme'), '');
is($gateway->series->{'verification_seconds_count{algorithm="ES256"}'},
   $es + 3, 'early use verifies');

$series = $gateway->series;
my @buckets = map { $series->{$_} }
    map { qq(verification_seconds_bucket{algorithm="ES256",le="$_"}) }
        qw( 5e-06 1e-05 2.5e-05 5e-05 0.0001 0.00025 0.0005 0.001 0.0025
            0.005 0.01 +Inf );

is(scalar(grep { defined } @buckets), 12, 'buckets');
is_deeply([sort { $a <=> $b } @buckets], \@buckets, 'which grow');
is($buckets[-1], $es + 3, 'and end with all');

my $sum = $series->{'verification_seconds_sum{algorithm="ES256"}'};

like($sum, qr/^\d+\.\d{9}$/, 'seconds');
cmp_ok($sum, '>', 5e-6 * ($buckets[-1] - $buckets[0]), 'are enough');
is((grep { /verification_seconds_count/ } keys %$series), 2,
   'no algorithm that was not used');


# keys

is($series->{'keys{issuer="acme"}'}, 1, 'keys');
cmp_ok($series->{'keys_age_seconds{issuer="acme"}'}, '<', 600, 'their age');
is(scalar(grep { /stale_in|fetches/ } keys %$series), 0,
   'no key is fetched');

my $keys = $series->{'keys_age_seconds{issuer="acme"}'};

ok(Metrics::await(sub {
    $gateway->series->{'keys_age_seconds{issuer="acme"}'} > $keys
}), 'which grows');


# the same as JSON

my $json = $gateway->json;
my %of = map { $_->{name} => $_ } @{ $json->{issuers} };
my %seen;

for my $name (keys %of) {
    $seen{"$name passed ok"} = $of{$name}{passed} if $of{$name}{passed};

    for my $status (qw( rejected rejected_dry_run )) {
        $seen{"$name $status $_"} = $of{$name}{$status}{$_}
            for keys %{ $of{$name}{$status} };
    }
}

is_deeply(\%seen, \%expected, 'JSON has the same decisions');
is($of{acme}{last_reason}, 'bad_signature', 'the last refusal of an issuer');
cmp_ok($json->{time} - $of{acme}{last_rejected}, '<', 60, 'and its time');
cmp_ok($json->{time} - $of{acme}{last_passed}, '<', 60,
       'and that of the last accepted one');
ok(!exists $of{idle}{last_passed}, 'which others do not have');

my @sums = (0, 0, 0);

for my $period (@{ $json->{periods} }) {
    $sums[$_ - 1] += $period->[$_] for 1 .. 3;
}

is_deeply(\@sums, [map { my $status = $_; my $n = 0;
                         $n += $expected{$_}
                             for grep { / $status / } keys %expected;
                         $n } qw( passed rejected rejected_dry_run )],
          'decisions over time are all of them');

done_testing();
