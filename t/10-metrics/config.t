# Where actor_token_metrics may stand.

use strict;
use warnings;

use lib 't/lib', 't/10-metrics', 't/80-docs';

use Test::More;

use ActorToken::Mint;
use Docs;
use Metrics;

my $issuer = Metrics::issuer('acme');

my @accepted = (
    ['a location', 'server { location /m { actor_token_metrics; } }'],
    ['two of them', 'server { location /m { actor_token_metrics; }
                              location /n { actor_token_metrics; } }'],
    ['one within another', 'server { location /m {
         actor_token_metrics; location /m/n { actor_token_metrics; } } }'],
    ['a protected one', 'server { location /m { actor_token x;
         actor_token_audience a; actor_token_tenant acme;
         actor_token_metrics; } }'],
    ['if', 'server { location / { if ($args) { actor_token_metrics; } } }'],
);

my @refused = (
    ['http', 'actor_token_metrics;', 'is not allowed here'],
    ['a server', 'server { actor_token_metrics; }', 'is not allowed here'],
    ['limit_except', 'server { location / { limit_except GET {
         actor_token_metrics; } } }', 'is not allowed here'],
    ['twice', 'server { location / { actor_token_metrics;
         actor_token_metrics; } }', 'is duplicate'],
    ['a parameter', 'server { location / { actor_token_metrics json; } }',
     'invalid number of arguments'],
);

for (@accepted) {
    my ($what, $text) = @$_;
    my ($ok, @lines) = test_configuration('http', "$issuer$text");

    ok($ok, "accepted: $what") or diag(join "\n", @lines);
}

for (@refused) {
    my ($what, $text, $message) = @$_;
    my ($ok, @lines) = test_configuration('http', "$issuer$text");

    ok(!$ok, "refused: $what");
    like("@lines", qr/"actor_token_metrics" directive \Q$message\E|
                      \Q$message\E.*"actor_token_metrics"/x,
         "$what - $message");
}

my ($ok, @lines) = test_configuration('http',
    'server { location /m { actor_token_metrics; } }');

ok($ok, 'without any issuer of its own') or diag(join "\n", @lines);


# behind what protects it

my $gateway = Metrics->new(metrics => <<'_EOC_', server => <<'_EOT_');
actor_token test;
actor_token_delegation forbidden;
actor_token_metrics;
_EOC_
location /plain {
    actor_token_metrics;
}
_EOT_

my $direct = token(claims => { iss => 'https://id.acme.example',
                               act => '(absent)' });

is($gateway->get('/metrics'), 401, 'who has no token gets nothing');
is($gateway->get('/metrics', $direct), 200, 'who has one does');
is_deeply(Metrics::await(sub {
              $gateway->body('/plain') =~ /status="passed",reason="ok"} 1$/m
          }), 1, 'and is counted');
like($gateway->body('/plain'), qr/reason="missing"} 1$/m,
     'as is who has none');

done_testing();
