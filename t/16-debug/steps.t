# At error_log's level "debug" each step of a check is one line, which answers
# why a token was refused, and shows nothing of the token itself.

use strict;
use warnings;

use lib 't/lib', 't/10-metrics', 't/80-docs';

use Test::More;

use ActorToken::Mint;
use Docs;
use Metrics;

plan(skip_all => 'this nginx is not built --with-debug')
    if !has_module('debug');

my $gateway = Metrics->new(
    main => 'error_log logs/debug.log debug;',
    issuers => Metrics::issuer('acme')
               . Metrics::issuer('other', 'key_request /keys;')
               . "actor_token_issuer many {
                      issuer 'https://{tenant}.many.example.com';
                      jwks keys/acme.jwks;
                  }\n",
    http => 'map $args $allowed { default 1; no 0; }',
    server => <<'_EOC_');
location = /strict {
    actor_token test;
    actor_token_trust acme;
    actor_token_actors svc:support;
    actor_token_scope read write;
    actor_token_require $allowed;
    try_files /index.txt =404;
}

location = /globex {
    actor_token test;
    actor_token_trust acme;
    actor_token_tenant globex;
    try_files /index.txt =404;
}

location = /direct {
    actor_token test;
    actor_token_trust acme;
    actor_token_delegation optional;
    try_files /index.txt =404;
}

location = /short {
    actor_token test;
    actor_token_max_size 100;
    try_files /index.txt =404;
}

location = /early {
    if ($actor_token_actor) { return 204; }
    actor_token test;
    return 200;
}

location = /keys {
    internal;
    return 404;
}
_EOC_

my $log = "$gateway->{dir}/logs/debug.log";
my $seen = 0;

# what was logged of a request with this token: lines without their heads; all
# is there once the line that the request itself ends with is

sub steps {
    my ($path, $token) = @_;

    $gateway->get($path, $token);

    my $text;

    Metrics::await(sub {
        $text = substr slurp($log), $seen;
        return $text =~ /http close request|close http connection/;
    }) or die "nothing in $log\n";

    $seen += length $text;

    my @lines = map { /\[debug\] .*?\*\d+ actor token: (.*)$/ ? $1 : () }
                    split /\n/, $text;

    if (defined $token) {
        my @found = grep { length >= 8 && index("@lines", substr $_, 0, 24) >= 0 }
                         split /[^A-Za-z0-9_-]+/, $token;
        is("@found", '', 'no segment of the token');
    }

    return @lines;
}

sub is_like {
    my ($what, $lines, @patterns) = @_;

    is(scalar @$lines, scalar @patterns, "$what - lines")
        or diag(join "\n", @$lines);

    for my $i (0 .. $#patterns) {
        like($lines->[$i] // '', qr/^(?:$patterns[$i])$/, "$what - line $i");
    }
}

sub of {
    my (%claims) = @_;

    return token(claims => { iss => 'https://id.acme.example',
                             act => { sub => 'svc:support' },
                             scope => 'read write', %claims });
}

my @head = (
    'source: a token of \d+ bytes, at most 8192 are allowed',
    'cache: not found',
    'header: alg "ES256", kid "acme", typ "at\+jwt"',
    'issuer: iss "https://id\.acme\.example", of block "acme"',
    'trust: block "acme" is trusted here',
);

my @signed = (
    @head,
    'keys: 1 to try',
    'signature: holds, after \d+ us',
    'claims: subject "user-1", tenant "acme", actors 1',
);

my $time = 'time \d+, exp \d+, iat \d+: ';
my $audience = 'audience "https://api\.example\.com", the token\'s '
               . '"https://api\.example\.com": ';
my $tenant = 'tenant "acme", the token\'s "acme": ';
my $actor = 'actor "svc:support" of "https://id\.acme\.example", '
            . 'tenant "acme": ';
my $scope = 'scope "read" "write", granted "read" "write": ';

my $good = of();

is_like('accepted', [steps('/strict', $good)], @signed,
        "${time}holds", "${audience}holds", "${tenant}holds",
        'delegation required, actors 1: holds', "${actor}holds",
        "${scope}holds", 'actor_token_require \$allowed: holds',
        'verdict: ok');

is_like('remembered', [steps('/strict', $good)], $head[0],
        'cache: found, of block "acme"', $signed[-1], $head[-1],
        "${time}holds", "${audience}holds", "${tenant}holds",
        'delegation required, actors 1: holds', "${actor}holds",
        "${scope}holds", 'actor_token_require \$allowed: holds',
        'verdict: ok');

# each step that can fail, and nothing after it

for (
    ['no token', '/strict', undef,
     'source: no "Authorization"', 'verdict: missing'],

    ['too long', '/short', 'x' x 101,
     'source: a token of 101 bytes, at most 100 are allowed',
     'verdict: too_large'],

    ['no JWT', '/strict', 'abc.def.ghi', $head[0], 'cache: not found',
     'header: .+', 'verdict: malformed'],

    ['an unknown issuer', '/strict',
     of(iss => "https://nobody.example\n\e[31m"), @head[0 .. 2],
     'issuer: iss "https://nobody\.example\\\\u000[aA]\\\\u001[bB]\[31m", of no block',
     'verdict: untrusted_issuer'],

    ['another algorithm', '/strict',
     unsigned(claims => { iss => 'https://id.acme.example' },
              jose => { alg => 'none' }),
     @head[0, 1], 'header: alg "none", .*', @head[3, 4],
     'keys: none to try: algorithm_not_allowed',
     'verdict: algorithm_not_allowed'],

    ['an unknown key', '/strict',
     token(signer => 'p256-x', claims => { iss => 'https://id.acme.example' }),
     @head[0, 1], 'header: alg "ES256", kid "p256-x", .*', @head[3, 4],
     'keys: none to try: unknown_key', 'verdict: unknown_key'],

    ['a forged one', '/strict',
     token(signer => 'p256-x', jose => { kid => 'acme' },
           claims => { iss => 'https://id.acme.example' }),
     @head, 'keys: 1 to try', 'signature: does not hold, after \d+ us',
     'verdict: bad_signature'],

    ['a claim that is wrong', '/strict', of(exp => 'never'),
     @signed[0 .. 6], 'claims: bad_claim, "exp"', 'verdict: bad_claim'],

    ['an old one', '/strict', of(iat => 'now-7200', exp => 'now-3600'),
     @signed, "${time}expired", 'verdict: expired'],

    ['another audience', '/strict', of(aud => [map { "a$_" } 1 .. 5]),
     @signed, "${time}holds",
     'audience "https://api\.example\.com", the token\'s "a1" "a2" "a3" and 2 '
     . 'more: audience_mismatch', 'verdict: audience_mismatch'],

    ['no audience', '/strict', of(aud => '(absent)'), @signed, "${time}holds",
     'audience "https://api\.example\.com", the token\'s none: '
     . 'audience_mismatch', 'verdict: audience_mismatch'],

    ['another tenant', '/globex', of(jti => 'g'), @signed, "${time}holds",
     "${audience}holds", 'tenant "globex", the token\'s "acme": tenant_mismatch',
     'verdict: tenant_mismatch'],

    ['nobody acts, which is allowed', '/direct',
     of(act => '(absent)', nbf => 'now-60'), @signed[0 .. 6],
     'claims: subject "user-1", tenant "acme", actors 0',
     'time \d+, exp \d+, nbf \d+, iat \d+: holds', "${audience}holds",
     "${tenant}holds", 'delegation optional, actors 0: holds', 'verdict: ok'],

    ['a template', '/strict', of(iss => 'https://acme.many.example.com'),
     @head[0 .. 2], 'issuer: iss "https://acme\.many\.example\.com", '
     . 'of block "many", \{tenant\} "acme"',
     'trust: block "many" is not trusted here', 'verdict: untrusted_issuer'],

    ['no actor', '/strict', of(act => '(absent)'), @signed[0 .. 6],
     'claims: subject "user-1", tenant "acme", actors 0',
     "${time}holds", "${audience}holds", "${tenant}holds",
     'delegation required, actors 0: actor_missing',
     'verdict: actor_missing'],

    ['another actor', '/strict', of(act => { sub => 'x' }), @signed,
     "${time}holds", "${audience}holds", "${tenant}holds",
     'delegation required, actors 1: holds',
     'actor "x" of "https://id\.acme\.example", tenant "acme": '
     . 'actor_not_allowed', 'verdict: actor_not_allowed'],

    ['no scope', '/strict', of(scope => 'read'), @signed,
     "${time}holds", "${audience}holds", "${tenant}holds",
     'delegation required, actors 1: holds', "${actor}holds",
     'scope "read" "write", granted "read": insufficient_scope',
     'verdict: insufficient_scope'],

    ['a requirement', '/strict?no', of(sub => 'user-1', jti => 'j'), @signed,
     "${time}holds", "${audience}holds", "${tenant}holds",
     'delegation required, actors 1: holds', "${actor}holds",
     "${scope}holds", 'actor_token_require \$allowed: requirement_failed',
     'verdict: requirement_failed'],
) {
    my ($what, $path, $token, @lines) = @$_;

    is_like($what, [steps($path, $token)], @lines);
}

my @lines = steps('/strict', of(iss => 'https://id.other.example'));

is_like('an issuer that is not trusted', \@lines, @head[0 .. 2],
        'issuer: iss "https://id\.other\.example", of block "other"',
        'trust: block "other" is not trusted here',
        'verdict: untrusted_issuer');

@lines = steps('/dry', of(iss => 'https://id.other.example'));

is($lines[-1], 'verdict: keys_unavailable, dry run', 'a dry run says so');

@lines = steps('/early', $good);

is($lines[-1], 'verdict: ok, before the access phase', 'so does early use');

# at another level there is none of it

unlike(slurp("$gateway->{dir}/logs/error.log"), qr/actor token: /,
       'not without "debug"');

done_testing();
