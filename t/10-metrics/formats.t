# The formats, what is asked for and what is given; and the headers.

use strict;
use warnings;

use lib 't/lib', 't/10-metrics';

use Digest::SHA ();
use MIME::Base64 ();
use Test::More;

use ActorToken::Mint;
use Metrics;

my $gateway = Metrics->new(issuers => Metrics::issuer('acme')
                                      . Metrics::issuer('other'));

my $good = token(claims => { iss => 'https://id.acme.example' });

$gateway->get('/t', $good);
$gateway->get('/t');
$gateway->decisions(2);

my %type = (
    text => 'text/plain; version=0.0.4; charset=utf-8',
    openmetrics => 'application/openmetrics-text; version=1.0.0; charset=utf-8',
    html => 'text/html; charset=utf-8',
    json => 'application/json',
);

sub field {
    my ($answer, $name) = @_;

    my ($head) = $answer =~ /\A(.*?)\r\n\r\n/s;

    return join '|', $head =~ /^\Q$name\E: (.*?)\r?$/mg;
}

sub format_of {
    my (@asked) = @_;

    my $type = field($gateway->ask('GET', @asked), 'Content-Type');
    my ($format) = grep { $type{$_} eq $type } keys %type;

    return $format // $type;
}


# what clients send

my $chrome = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,'
             . 'image/webp,image/apng,*/*;q=0.8,'
             . 'application/signed-exchange;v=b3;q=0.7';
my $prometheus_2 = 'application/openmetrics-text;version=1.0.0;q=0.5,'
                   . 'application/openmetrics-text;version=0.0.1;q=0.4,'
                   . 'text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
my $prometheus_old = 'application/openmetrics-text; version=0.0.1,'
                     . 'text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
my $prometheus_3 = 'application/openmetrics-text;version=1.0.0;'
                   . 'escaping=allow-utf-8;q=0.6,'
                   . 'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,'
                   . 'text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

my @asked = (
    [undef, 'text', 'nothing'],
    ['*/*', 'text', 'anything'],
    ['text/*', 'text', 'any text'],
    ['text/plain', 'text', 'text'],
    ['image/png', 'text', 'what there is not'],
    ['', 'text', 'an empty field'],
    [$chrome, 'html', 'a browser'],
    [$prometheus_2, 'openmetrics', 'Prometheus'],
    [$prometheus_old, 'text', 'an older one, of another OpenMetrics'],
    [$prometheus_3, 'openmetrics', 'a newer one'],
    ['application/openmetrics-text', 'openmetrics', 'OpenMetrics'],
    ['application/openmetrics-text; version="1.0.0"', 'openmetrics',
     'a quoted version'],
    ['application/openmetrics-text; version=2.0.0', 'text',
     'a version that there is not'],
    ['application/json', 'json', 'JSON'],
    ['TEXT/HTML', 'html', 'in another case'],
    [' text/html ;q=0.9 , text/plain ; q=0.8', 'html', 'with spaces'],
    ['text/html;q=0.5, text/plain', 'text', 'the page second'],
    ['text/html;q=0.5, */*', 'text', 'the page after anything'],
    ['text/html, */*', 'html', 'the page as much as anything'],
    ['text/html;q=0', 'text', 'never the page'],
    ['text/plain;q=0, text/html;q=0.001', 'html', 'never text'],
    ['text/html;q=0.2, text/*;q=0.9, text/plain;q=0.1', 'html',
     'the exact range counts'],
    ['text/html;q=0.2, text/plain;q=0.1, text/*;q=0.9, */*', 'html',
     'wherever it stands'],
    ['text/html;q=0.2, text/*;q=0.3, */*', 'text', 'or the next one'],
    ['text/html;q=1.5, text/plain;q=0.1', 'text', 'no weight'],
    ['text/html;q=, application/json;q=0.1', 'json', 'an empty weight'],
    ['text/html;x="a,application/json;q=1";q=0.5, application/json;q=0.4',
     'html', 'a comma in quotes'],
    [',,text/html;;q=0.3,', 'html', 'nothing between commas'],
    ['text/html;x="', 'html', 'an open quote'],
    ['text/html;x="\\";q=0.1";q=0.5, application/json;q=0.4', 'html',
     'a quote in quotes'],
    ['text/html;q=1.x, application/json;q=0.1', 'json',
     'a weight that is no number'],
    ['text/html;q=1.0, application/json;q=0.1', 'html', 'one that is'],
);

for (@asked) {
    my ($accept, $format, $what) = @$_;

    is(format_of('/metrics', defined $accept ? "Accept: $accept" : ()),
       $format, "$format for $what");
}

is(format_of('/metrics', 'Accept: text/plain;q=0.5', 'Accept: text/html'),
   'html', 'two fields are one list');

# nginx keeps fields by the twenty

my @others = map { "X-$_: $_" } 1 .. 25;

is(format_of('/metrics', @others, 'Accept: text/html'), 'html',
   'behind many fields');
is(format_of('/metrics', 'Accept: text/html', @others), 'html',
   'in front of them');

for my $format (sort keys %type) {
    is(format_of("/metrics?format=$format", "Accept: $chrome"), $format,
       "format=$format");
}

is(format_of('/metrics?x=1&format=json'), 'json', 'among other arguments');
is($gateway->get('/metrics?format=xml'), 400, 'an unknown format');
is($gateway->get('/metrics?format='), 400, 'an empty one');


# headers

for my $format (sort keys %type) {
    my $answer = $gateway->ask('GET', "/metrics?format=$format");
    my $head = $gateway->ask('HEAD', "/metrics?format=$format");
    my ($body) = $answer =~ /\r\n\r\n(.*)\z/s;

    is(field($answer, 'Cache-Control'), 'no-store', "$format - not kept");
    is(field($answer, 'X-Content-Type-Options'), 'nosniff',
       "$format - not sniffed");
    is(field($answer, 'Vary'), 'Accept', "$format - what it depends on");
    is(field($answer, 'Content-Length'), length $body, "$format - length");

    like($head, qr{\AHTTP/1\.1 200 .*\r\n\r\n\z}s, "$format - HEAD");
    is(field($head, 'Content-Type'), $type{$format}, "$format - its type");
}

for my $method (qw( POST PUT DELETE OPTIONS )) {
    my $answer = $gateway->ask($method, '/metrics', 'Content-Length: 0');

    like($answer, qr{\AHTTP/1\.1 405 }, "$method is not allowed");
    is(field($answer, 'Allow'), 'GET, HEAD', "$method - what is");
}

is($gateway->get('/metrics', undef, 'Content-Length: 0'), 200, 'GET is');

for (["5\r\nhello\r\n0\r\n\r\n", 200, 'a body is not read'],
     ["hello\r\n\r\n", 400, 'but must be one'])
{
    my ($body, $status, $what) = @$_;

    my $answer = $gateway->ask('GET', '/metrics',
                               "Transfer-Encoding: chunked\r\n\r\n$body");
    like($answer, qr{\AHTTP/1\.1 $status }, $what);
}


# the page may run its one script, use its one style, and nothing else

my $page = $gateway->ask('GET', '/metrics?format=html');
my $policy = field($page, 'Content-Security-Policy');

for my $element (qw( script style )) {
    my @texts = $page =~ m{<$element\b[^>]*>(.*?)</$element>}sg;

    is(scalar @texts, 1, "one $element");
    like($policy, qr/(?:^|; )$element-src 'sha256-\Q${\
         MIME::Base64::encode_base64(Digest::SHA::sha256($texts[0]), '')
         }\E'(?:;|$)/, "$element - its hash, and nothing else");
}

for my $directive (q(default-src 'none'), q(connect-src 'self'),
                   q(base-uri 'none'), q(form-action 'none'),
                   q(frame-ancestors 'none'))
{
    like($policy, qr/(?:^|; )\Q$directive\E(?:;|$)/, $directive);
}

unlike($policy, qr/unsafe|\*/, 'nothing unsafe');
is(field($page, 'Referrer-Policy'), 'no-referrer', 'no referrer');
is(field($gateway->ask('GET', '/metrics'), 'Content-Security-Policy'), '',
   'text needs none of it');


# Prometheus' text, and OpenMetrics

my $text = $gateway->body('/metrics');
my $open = $gateway->body('/metrics?format=openmetrics');

is_deeply([sort grep { !/ ?\d+(?:\.\d+)?$/ } $text =~ /^[^#].*/mg], [],
          'text - samples alone');

sub families {
    my ($text) = @_;

    return [$text =~ /^# TYPE (\S+) /mg];
}

is_deeply([map { s/_total$//r } @{ families($text) }], families($open),
          'the same families');
is((grep { /_total$/ } @{ families($open) }), 0,
   'OpenMetrics names a counter without _total');

my %kind = $text =~ /^# TYPE (\S+) (\S+)$/mg;

for my $family (sort keys %kind) {
    is($kind{$family} eq 'counter', !!($family =~ /_total$/),
       "text - $family, a $kind{$family}");
    like($text, qr/^# HELP $family [A-Z].+\.\n# TYPE $family /m,
         "$family - what it is");
}

for my $family (@{ families($open) }) {
    my ($unit) = $family =~ /_(seconds|bytes)$/;
    my @units = $open =~ /^# UNIT $family (\S+)$/mg;

    is("@units", $unit // '', "OpenMetrics - unit of $family");
}

unlike($text, qr/^# (?:UNIT|EOF)/m, 'text has neither unit nor end');
like($open, qr/^[^\n]+\n# EOF\n\z/m, 'OpenMetrics ends');
unlike($open, qr/# EOF.*# EOF/s, 'once');
unlike("$text$open", qr/^$/m, 'no empty line');

my $samples = sub {
    my ($text) = @_;
    my $series = Metrics::samples($text);
    delete @$series{grep { /age/ } keys %$series};
    return $series;
};

is_deeply($samples->($open), $samples->($text), 'the same samples');

# samples of a family follow its head

my ($family, @strays);

for my $line (split /\n/, $open) {
    if ($line =~ /^# TYPE (\S+)/) {
        $family = $1;

    } elsif ($line =~ /^[^#]/) {
        push @strays, $line
            if $line !~ /^\Q$family\E(?:_total|_bucket|_sum|_count)?[ {]/;
    }
}

is("@strays", '', 'no sample apart from its family');

done_testing();
