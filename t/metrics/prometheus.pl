# What Prometheus makes of actor_token_metrics: its checker, a real one that
# scrapes and answers queries, and the alerts of docs/.

use strict;
use warnings;

use lib 't/lib', 't/10-metrics', 't/80-docs';

use File::Temp ();
use HTTP::Tiny ();
use IPC::Open2 qw( open2 );
use JSON::PP ();
use POSIX ();
use Test::More;

use ActorToken::Mint;
use Docs;
use Metrics;

my $dir = docs_dir();
my $port = Metrics::free_port();
# a name with an umlaut and a backslash

my $odd = "\"m\xc3\xbcl\\\\ler\"";

my $gateway = Metrics->new(port => $port, workers => 2, issuers =>
    Metrics::issuer('acme')
    . Metrics::issuer('other', 'key keys/rsa.pem alg=RS256 kid=rsa;')
    . (Metrics::issuer('odd') =~ s/actor_token_issuer odd/actor_token_issuer $odd/r));

sub of {
    my ($name, %claims) = @_;

    return token(signer => $name eq 'other' ? 'rsa' : 'acme',
                 claims => { iss => "https://id.$name.example", %claims });
}


# promtool

sub promtool {
    my ($input, @arguments) = @_;

    my $pid = open2(my $out, my $in, 'sh', '-c', 'exec promtool "$@" 2>&1',
                    'promtool', @arguments);
    print {$in} $input;
    close $in;

    my $output = join '', <$out>;
    waitpid $pid, 0;

    return ($?, $output);
}

sub is_well_formed {
    my ($what) = @_;

    my ($status, $output) = promtool($gateway->body('/metrics'),
                                     'check', 'metrics');

    is($status, 0, "promtool accepts $what");
    is($output, '', 'and has nothing to say');
}

is_well_formed('what is shown at first');

isnt((promtool("# TYPE x gauge\nx_total{ 1\n", 'check', 'metrics'))[0], 0,
     'it does not accept everything');

$gateway->get('/t', of('acme')) for 1 .. 5;
$gateway->get('/t', of('other')) for 1 .. 2;
$gateway->get('/t', of('acme', exp => 'now-3600')) for 1 .. 4;
$gateway->get('/dry', of('acme', exp => 'now-3600')) for 1 .. 2;
$gateway->get('/t') for 1 .. 3;
$gateway->decisions(16);

is_well_formed('and later');


# the alerts

is((promtool('', 'check', 'rules', "$dir/docs/alerts.rules.yml"))[0], 0,
   'the rules are rules');

my ($status, $output) = promtool('', 'test', 'rules',
                                 "$dir/docs/alerts.test.yml");

is($status, 0, 'and fire when they should') or diag($output);

my $rules = slurp("$dir/docs/alerts.rules.yml");
my $tests = slurp("$dir/docs/alerts.test.yml");

for my $alert ($rules =~ /^  - alert: (\w+)$/mg) {
    like($tests, qr/alertname: $alert\n +eval_time: \S+\n +exp_alerts:\n +- /,
         "$alert is seen to fire");
    like($tests, qr/alertname: $alert\n +eval_time: \S+\n +exp_alerts: \[\]/,
         'and not to');
}

my $source = slurp("$dir/src/ngx_http_actor_token_exposition.c");

for my $metric (sort keys %{{ map { $_ => 1 }
                              $rules =~ s/^ *#.*//mgr =~ /\bactor_token_(\w+)/g }})
{
    my $family = $metric =~ s/_total$//r;

    like($source, qr/family\(ex, "$family"/, "$metric is a metric");
}


# Prometheus

my $home = File::Temp->newdir;
my $api = Metrics::free_port();

spew("$home/prometheus.yml", <<"_EOC_");
global:
  scrape_interval: 1s
  evaluation_interval: 1s
rule_files:
- $dir/docs/alerts.rules.yml
scrape_configs:
- job_name: nginx
  metrics_path: /metrics
  static_configs:
  - targets: ['127.0.0.1:$port']
_EOC_

defined(my $pid = fork) or BAIL_OUT("fork: $!");

if (!$pid) {
    open STDOUT, '>', "$home/log";
    open STDERR, '>&', \*STDOUT;
    no warnings 'exec';
    exec 'prometheus', "--config.file=$home/prometheus.yml",
         "--storage.tsdb.path=$home/data", '--log.level=warn',
         "--web.listen-address=127.0.0.1:$api";
    POSIX::_exit(127);
}

END {
    if ($pid) {
        local $?;
        kill TERM => $pid;
        waitpid $pid, 0;
    }
}

my $http = HTTP::Tiny->new(timeout => 10, proxy => undef);

# the members of an answer of its API

sub answer {
    my ($path, %arguments) = @_;

    my $query = $http->www_form_urlencode(\%arguments);
    my $response = $http->get("http://127.0.0.1:$api/api/v1/$path?$query");

    return undef if !$response->{success};
    return JSON::PP->new->utf8->decode($response->{content})->{data};
}

sub query {
    my ($expression) = @_;

    my $data = answer('query', query => $expression) or return {};

    return { map { my $m = $_->{metric};
                   join(' ', map { $m->{$_} } grep { $_ !~ /^(?:__name__|job|instance)$/ }
                             sort keys %$m) => $_->{value}[1] }
                 @{ $data->{result} } };
}

ok(Metrics::await(sub { (query('up')->{''} // 0) eq 1 }),
   'Prometheus scrapes the gateway')
    or diag(slurp("$home/log"));

my $target = answer('targets')->{activeTargets}[0];

is($target->{lastError}, '', 'without an error');

is_deeply(query('sum by (status, reason) (actor_token_requests_total) > 0'),
          { 'ok passed' => 7, 'expired rejected' => 4,
            'missing rejected' => 3, 'expired rejected_dry_run' => 2 },
          'decisions by status and reason');

is_deeply(query('sum by (issuer) (actor_token_requests_total)'),
          { '' => 3, acme => 11, other => 2, "m\xfcl\\ler" => 0 },
          'and by issuer');

is_deeply(query('actor_token_delegated_requests_total'),
          { acme => 5, other => 2, "m\xfcl\\ler" => 0 }, 'with an actor');

is_deeply(query('actor_token_keys'),
          { acme => 1, other => 1, "m\xfcl\\ler" => 1 }, 'keys');

my $times = query('histogram_quantile(0.5, actor_token_verification_seconds_bucket)');

is(join(' ', sort keys %$times), 'ES256 RS256', 'how long it took');
cmp_ok($times->{ES256}, '>', 0, 'is a time');
cmp_ok($times->{ES256}, '<', 0.1, 'and not a long one');

# it has asked for OpenMetrics, which tells the unit

my %unit = map { $_->{metric} => $_->{unit} }
               @{ answer('targets/metadata') };

is($unit{actor_token_verification_seconds}, 'seconds', 'the unit');
is($unit{actor_token_keys_age_seconds}, 'seconds', 'of each that has one');

# what the documentation asks

spew("$home/documented.yml", shown('prometheus'));
is((promtool('', 'check', 'config', "$home/documented.yml"))[0], 0,
   'the documented configuration is one');

$gateway->get('/t', of('acme', exp => 'now-3600')) for 1 .. 10;
$gateway->get('/t', of('acme')) for 1 .. 10;

for (['refusals', 'acme expired', sub { $_[0] > 0 }],
     ['share', 'acme', sub { $_[0] > 0 && $_[0] < 1 }],
     ['quantile', 'ES256', sub { $_[0] > 0 && $_[0] <= 0.01 }],
     ['rates', 'expired rejected', sub { $_[0] > 0 }])
{
    my ($name, $series, $right) = @$_;
    my $value;

    ok(Metrics::await(sub {
        $value = query(shown($name))->{$series};
        return defined $value && $value ne 'NaN' && $right->($value);
    }), "documented: $name") or diag($value // 'nothing');
}


# a counter that grows is seen to

$gateway->get('/t', of('acme')) for 1 .. 10;

ok(Metrics::await(sub {
    (query('increase(actor_token_requests_total{issuer="acme",reason="ok"}[1m])')
        ->{'acme ok passed'} // 0) > 0
}), 'it grows');

# a rule is evaluated a second after the start, or later

my $groups;

ok(Metrics::await(sub {
    $groups = answer('rules')->{groups};
    return !grep { $_->{health} ne 'ok' } map { @{ $_->{rules} } } @$groups;
}), 'each alert can be evaluated');
cmp_ok(scalar @{ $groups->[0]{rules} }, '>=', 6, 'all of them');

unlike(slurp("$home/log") // '', qr/level=(?:warn|error)/,
       'and Prometheus has nothing to complain of');

done_testing();
