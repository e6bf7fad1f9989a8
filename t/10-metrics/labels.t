# No label and no member of the JSON is a client's to choose; a name is shown
# as what it is.

use strict;
use warnings;

use lib 't/lib', 't/10-metrics';

use JSON::PP ();
use Test::More;

use ActorToken::Mint;
use Metrics;

# a backslash, an umlaut, a byte that is no UTF-8, what is a word in HTML and
# in a regular expression

my %names = (
    'C:\\d' => 'C:\\\\d',
    "m\xc3\xbcller" => "m\xc3\xbcller",
    "l\xf6we" => "l\xef\xbf\xbdwe",
    '<script>alert(1)</script>' => '<script>alert(1)</script>',
    '.*' => '.*',
);

my $gateway = Metrics->new(issuers => join '',
    Metrics::issuer('acme'),
    map { my $host = 'x' . unpack 'H*', $_;
          Metrics::issuer('NAME')
              =~ s/actor_token_issuer NAME/'actor_token_issuer "' . (s{\\}{\\\\}gr) . '"'/er
              =~ s/NAME/$host/r } sort keys %names);

my %reasons = map { /^\s*X\([A-Z_]+, "([a-z_]+)",/ ? ($1 => 1) : () }
                  split /\n/, Docs::slurp('src/ngx_actor_token.h');

my $evil = 'evil"} 1' . "\n" . 'actor_token_evil{x="';

my @tokens = (
    token(claims => { iss => $evil }),
    token(claims => { iss => 'https://id.acme.example', sub => $evil,
                      act => { sub => $evil, iss => $evil } }),
    token(claims => { iss => 'https://id.acme.example', aud => $evil }),
    token(claims => { iss => 'https://id.acme.example', scope => $evil }),
    token(claims => { iss => 'https://id.acme.example' },
          jose => { kid => $evil }),
    token(claims => { iss => 'https://id.acme.example' },
          jose => { typ => $evil }),
    unsigned(claims => { iss => 'https://id.acme.example' },
             jose => { alg => $evil }),
    unsigned(claims => { iss => 'https://id.acme.example' },
             jose => { alg => 'none' }),
    token(claims => { iss => 'https://id.acme.example' }),
    'evil',
);

my $count = 0;

for my $token (@tokens) {
    for my $path ("/t/evil", "/dry?evil=evil") {
        $gateway->get($path, $token, 'X-Tenant: evil', 'X-Evil: evil',
                      'Accept: evil', 'Cookie: evil=evil');
        $count++;
    }
}

my $decisions = $gateway->decisions($count);

cmp_ok(keys %$decisions, '>=', 12, 'decisions of many kinds');

my %known = (
    issuer => { map { $_ => 1 } '', 'acme', values %names },
    status => { map { $_ => 1 } qw( passed rejected rejected_dry_run ) },
    reason => \%reasons,
    algorithm => { ES256 => 1 },
    result => { hit => 1, miss => 1 },
);

for my $format (qw( text openmetrics )) {
    my $text = $gateway->body("/metrics?format=$format");

    unlike($text, qr/evil/i, "$format - nothing of the client's");

    my %seen;

    for my $sample ($text =~ /^[^#].*/mg) {
        my ($labels) = $sample =~ /\{(.*)\} \S+$/ or next;

        while ($labels =~ /\G,?(\w+)="((?:\\.|[^"\\])*)"/gc) {
            $seen{$1}{$2} = 1;
        }

        is(pos $labels, length $labels, "labels of $sample")
            if (pos $labels // -1) != length $labels;
    }

    delete $seen{le};
    is_deeply([sort keys %seen], [sort keys %known], "$format - labels");

    for my $label (sort keys %seen) {
        is(join(' ', grep { !$known{$label}{$_} } sort keys %{ $seen{$label} }),
           '', "$format - values of $label");
    }

    is_deeply($seen{issuer}, $known{issuer}, "$format - all issuers");
    ok(utf8::decode(my $copy = $text), "$format - UTF-8");
}

my $json = $gateway->body('/metrics?format=json');

unlike($json, qr/evil/i, 'JSON - nothing of the client\'s');

is_deeply([map { utf8::encode(my $name = $_->{name}); $name }
               @{ JSON::PP->new->utf8->decode($json)->{issuers} }],
          ['', 'acme', map { $names{$_} =~ s/\\\\/\\/r } sort keys %names],
          'JSON - names');

unlike($gateway->body('/metrics?format=html'), qr/evil|acme|alert\(/i,
       'the page itself has no names');

done_testing();
