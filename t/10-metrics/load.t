# Two workers under load, and reloads meanwhile: what is counted is what was
# answered, to the last request.

use strict;
use warnings;

use lib 't/lib', 't/10-metrics';

use Test::More;
use POSIX ();
use Time::HiRes ();

use ActorToken::Mint;
use Metrics;

my $clients = 4;
my $each = 2000;

my @names = map { "t$_" } 1 .. 3;

sub issuers {
    return join '', map { Metrics::issuer($_) } @_;
}

my $gateway = Metrics->new(workers => 2, issuers => issuers(@names),
                           main => 'worker_rlimit_nofile 4096;');

# each kind of request, and whether it gets a verdict

my @requests;

for my $name (@names) {
    my %claims = (iss => "https://id.$name.example");
    my $good = token(claims => \%claims);
    my $old = token(claims => { %claims, exp => 'now-3600' });
    my $forged = token(claims => \%claims, signer => 'p256-forger');

    push @requests, ["/t", $good, "$name passed ok"],
                    ["/t", $old, "$name rejected expired"],
                    ["/dry", $old, "$name rejected_dry_run expired"],
                    ["/t", $forged, "$name rejected unknown_key"];
}

push @requests, ['/t', undef, ' rejected missing'], ['/generation', undef, '-'];

# a client sends its requests in an order of its own and reports which were
# answered

sub client {
    my ($number) = @_;

    srand $number;
    my %answered;

    for (1 .. $each) {
        my $request = $requests[rand @requests];
        my $status = $gateway->get(@$request[0, 1]);

        die "client $number: no answer to $request->[2]\n" if !$status;
        $answered{$request->[2]}++;
    }

    return join '', map { "$_\t$answered{$_}\n" } keys %answered;
}

my @children;

for my $number (1 .. $clients) {
    defined(my $pid = open my $out, '-|') or die "fork: $!";

    if (!$pid) {
        @Metrics::Gateways = ();
        print client($number);
        close STDOUT;
        POSIX::_exit(0);
    }

    push @children, $out;
}

# while they are at it

my $reloads = 0;
my $scrapes = 0;
my $sum = 0;
my @falls;
my %more = (0 => [], 1 => ['more']);

my $audit = "$gateway->{dir}/logs/decisions.log";
my $until = Time::HiRes::time() + 60;

while (Time::HiRes::time() < $until) {
    my $lines = () = Docs::slurp($audit) =~ /\n/g;

    last if $lines > $clients * $each * 0.85;

    if ($lines > $clients * $each * 0.2 * ($reloads + 1)) {
        $gateway->reload(issuers => issuers(@names, @{ $more{$reloads++ % 2} }));
    }

    # what a scraper sees never falls

    my $decisions = $gateway->decisions;
    my $now = 0;
    $now += $_ for values %$decisions;
    push @falls, "$sum to $now" if $now < $sum;
    $sum = $now;
    $scrapes++;
}

my %expected;
my $answers = 0;

for my $out (@children) {
    while (my $line = <$out>) {
        my ($decision, $n) = $line =~ /^(.*)\t(\d+)$/;

        $answers += $n;
        $expected{$decision} += $n if $decision ne '-';
    }

    ok(close $out, 'a client was answered to the end');
}

is($answers, $clients * $each, 'all requests were answered');
cmp_ok($reloads, '>=', 2, 'reloads meanwhile');
cmp_ok($scrapes, '>', 5, 'and scrapes');
is("@falls", '', 'no count ever falls');

my $total = 0;
$total += $_ for values %expected;

is_deeply($gateway->decisions($total), \%expected,
          'each decision is counted, once');

my @lines = split /\n/, Docs::slurp($audit);
my %pids = map { (split / /)[0] => 1 } @lines;

is(scalar @lines, $total, 'as many as in the log');
cmp_ok(keys %pids, '>=', 4, 'of several workers');

my %delegated;

for my $name (@names) {
    is($gateway->series->{qq(delegated_requests_total{issuer="$name"})},
       $expected{"$name passed ok"}, "those with an actor, $name");
}

# each token is looked for in the cache, and what is not there is verified,
# unless its key is not there either

my $series = $gateway->series;
my ($hits, $misses) = map { $series->{qq(cache_requests_total{result="$_"})} }
                          qw( hit miss );
my $keyless = 0;
$keyless += $expected{$_} for grep { /unknown_key/ } keys %expected;

is($hits + $misses, $total - $expected{' rejected missing'},
   'tokens looked for');
cmp_ok($hits, '>', 0, 'and found');
is($series->{'verification_seconds_count{algorithm="ES256"}'},
   $misses - $keyless, 'the others were verified');

done_testing();
