# docs/metrics.md: the metrics are those that are shown, with these labels.

use strict;
use warnings;

use lib 't/lib', 't/80-docs', 't/10-metrics';

use Test::More;

use ActorToken::Mint;
use Docs;
use Metrics;

my $text = docs_text('docs/metrics.md');

# metric => [type, labels]

my %said;

for my $line (split /\n/, $text) {
    my ($name, $type, $labels) =
        $line =~ /^\| `(actor_token_\w+)` \| (\w+) \| (.*?) ?\| .+ \|$/
        or next;

    $said{$name} = [$type, [sort $labels =~ /`(\w+)`/g]];
}

cmp_ok(scalar keys %said, '>', 8, 'metrics in the documentation');


# a gateway that has something to show of each

my $gateway = Metrics->new(server => <<'_EOC_', issuers =>
location = /keys {
    internal;
    return 404;
}
_EOC_
    Metrics::issuer('acme')
    . Metrics::issuer('fetched', "jwks keys/p256-2.jwks;\nkey_request /keys;"));

is($gateway->get('/t', token(claims => { iss => 'https://id.acme.example' })),
   200, 'accepted');

# nothing can be fetched there, so this one is never shown

my %shown = (actor_token_keys_stale_in_seconds => ['gauge', ['issuer']]);

ok(Metrics::await(sub {
    grep { /^key_fetches/ } keys %{ $gateway->series };
}), 'a fetch was tried');

my $body = $gateway->body('/metrics');

while ($body =~ /^# TYPE (\S+) (\S+)\n((?:[^#].*\n)*)/mg) {
    my ($name, $type, $samples) = ($1, $2, $3);
    my %labels = map { $_ => 1 } $samples =~ /[{,](\w+)="/g;

    delete $labels{le};
    $shown{$name} = [$type, [sort keys %labels]] if $samples ne '';
}

is_deeply(\%said, \%shown, 'metrics, their types and labels');


# the configuration, and its formats

my $dir = nginx_folder('http', shown('metrics'));
my ($status, $output) = run_nginx($dir);

is($status, 0, 'the documented configuration') or diag($output);

my $metrics = bless { dir => $dir }, 'Metrics';

rename "$dir/metrics.sock", "$dir/server.sock" or die $!;

for my $row (grep { /^\| `\w+` \| (?:`|anything)/ } split /\n/, $text) {
    my ($format, $accept) = $row =~ /^\| `(\w+)` \| `?(.+?)`? \|/;

    $accept = '*/*' if $accept eq 'anything else';

    my ($asked) = $metrics->ask('GET', "/metrics?format=$format")
                  =~ /^Content-Type: (.*)\r$/m;
    my ($accepted) = $metrics->ask('GET', '/metrics', "Accept: $accept")
                     =~ /^Content-Type: (.*)\r$/m;

    ok(defined $asked, "format=$format");
    is($accepted, $asked, "Accept: $accept is the same");
}

quit($dir);


# the picture is there and is not large

cmp_ok(-s docs_dir() . '/docs/metrics.png', '<', 200_000, 'the picture');

done_testing();
