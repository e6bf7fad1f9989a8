# The reference describes the directives, variables and reasons of the sources, all
# of them and no others; directives where nginx takes them, with the defaults
# that the sources have.

use strict;
use warnings;

use lib 't/lib', 't/80-docs';

use Test::More;

use Docs;

my $dir = docs_dir();
my $text = docs_text();
my $source = join '', map { slurp($_) } glob("$dir/*.c $dir/src/*.[ch]");


# Directives

my (%module, %issuer);

while ($source =~ /^static ngx_command_t\s+\w+\[\] = \{(.*?)ngx_null_command/msg)
{
    my $table = $1;

    while ($table =~ /\{ ngx_string\("(\w+)"\),\s*([A-Z_|0-9\s]+),/g) {
        my ($name, $flags) = ($1, $2);
        ($flags =~ /NGX_HTTP_/ ? \%module : \%issuer)->{$name} = 1;
    }
}

cmp_ok(scalar keys %module, '>', 15, 'directives in the sources');
cmp_ok(scalar keys %issuer, '>', 14, 'directives of an issuer block');

my @heads = heads();
my %described;

for my $head (@heads) {
    my $within = $head->{contexts}[0] eq 'actor_token_issuer';

    ok(!$described{$head->{name}}++, "$head->{name} is described once");
    ok(($within ? \%issuer : \%module)->{$head->{name}},
       "$head->{name} exists where it is said to be");

    like($head->{syntax}, qr/^$head->{name}(?: .*)?[;}]$/,
         "$head->{name} - syntax");
    like($head->{default}, qr/^$head->{name} .*;$/,
         "$head->{name} - default")
        if defined $head->{default};
}

for my $name (sort keys %module, keys %issuer) {
    ok($described{$name}, "$name is described");
}

# names of metrics are for metrics.t

my %metric = map { $_ => 1 }
    map { ($_, "${_}_total", "${_}_bucket") }
    map { "actor_token_$_" } $source =~ /_family\(ex, "(\w+)",/g;

for my $name (sort { $a cmp $b } keys %{{ map { $_ => 1 }
              $text =~ /(?<![\$\w])(actor_token(?:_[a-z_]+)?)\b/g }})
{
    ok($module{$name} || $metric{$name},
       "$name, of which the documentation speaks, exists");
}


# what a line of each looks like; "$x" is a variable of the test

my %example = (
    actor_token_issuer => "actor_token_issuer other { issuer https://other;\n"
                          . "jwks keys/acme.jwks; tenant other; }",
    actor_token_audience => 'actor_token_audience off;',
    actor_token_tenant => 'actor_token_tenant off;',
    actor_token_claim_set => 'actor_token_claim_set $y claim;',
    actor_token_metrics => 'actor_token_metrics;',
    issuer => 'issuer https://other;',
    jwks => 'jwks keys/acme.jwks;',
    key => 'key keys/acme.pem alg=ES256;',
    key_request => 'key_request /keys;',
    tenant => 'tenant other;',
    tenant_claim => 'tenant_claim org;',
    actor_claim => 'actor_claim azp unless=idtyp:app;',
    actor_issuers => 'actor_issuers https://other;',
    actor_tenant_claim => 'actor_tenant_claim org;',
    audience => 'audience a;',
    require_claim => 'require_claim ver =1;',
);

# where it stands

my $acme = "actor_token_issuer acme { issuer https://id.acme.example;\n"
           . "jwks keys/acme.jwks; tenant acme; }\n";

my %at = (
    main                 => ['main', "%s\n"],
    http                 => ['http', "$acme %s"],
    server               => ['http', "$acme server { %s }"],
    location             => ['http', "$acme server { location / { %s } }"],
    limit_except         => ['http', "$acme server { location / {\n"
                                     . "limit_except GET { %s } } }"],
    'if in location'     => ['http', "$acme server { location / {\n"
                                     . "if (\$args) { %s } } }"],
    'if in server'       => ['http', "$acme server { if (\$args) { %s } }"],
    actor_token_issuer   => ['http', "actor_token_issuer acme { %s }\n"
                                     . "server { location = /keys {\n"
                                     . "internal; } }"],
);

# what else the issuer block needs

sub rest_of_block {
    my ($name) = @_;

    return join '', ($name eq 'issuer' ? '' : "issuer https://other;\n"),
                    ($name eq 'jwks' ? '' : "jwks keys/acme.jwks;\n"),
                    ($name =~ /^key_(?!request)/ ? "key_request /keys;\n" : ''),
                    ($name =~ /^tenant(?:_claim)?$/ ? '' : "tenant other;\n");
}

sub try {
    my ($context, $name, $line) = @_;

    my ($outer, $format) = @{ $at{$context} };

    $line .= "\n" . rest_of_block($name) if $context eq 'actor_token_issuer';

    return test_configuration($outer, sprintf $format, $line);
}

for my $head (@heads) {
    my $name = $head->{name};
    my $line = $head->{default} // $example{$name};
    my %said = map { $_ => 1 } @{ $head->{contexts} };

    ok(defined $line, "$name - a line to try") or next;

    for my $context (@{ $head->{contexts} }) {
        ok($at{$context}, "$name - \"$context\" is a context");
    }

    for my $context (sort keys %at) {
        my ($accepted, @lines) = try($context, $name, $line);

        if ($said{$context}) {
            ok($accepted, "$name is accepted in $context")
                or diag(join "\n", @lines);

        } else {
            my @refusals = grep { /directive is not allowed here/
                                  || /unknown directive/
                                  || /unexpected "\{"/ } @lines;

            ok(!$accepted && @refusals, "$name is refused in $context")
                or diag(join "\n", @lines);
        }
    }

    # words of the syntax that are not parameters: off, any, required ...

    for my $word (grep { /^[a-z]+$/ }
                  split / \| |;$/, $head->{syntax} =~ s/^\w+ //r)
    {
        next if $word =~ /^(?:name|url|file|time|size|number|url|value|pool)$/;

        my ($accepted, @lines) = try($head->{contexts}[-1], $name,
                                     "$name $word;");
        ok($accepted, "$name takes \"$word\"") or diag(join "\n", @lines);
    }
}


# Defaults: what merging and the end of a block put in

my %default;

while ($source =~ /\bngx_conf_merge_\w+\(conf->(\w+),\s*prev->\1,\s*
                   ([^;]+?)\);/gx)
{
    $default{$1 eq 'realm' ? 'actor_token' : "actor_token_$1"} = $2;
}

while ($source =~ /\bngx_conf_init_value\(issuer->(\w+),\s*([^;]+?)\);/g) {
    $default{$1} = $2;
}

while ($source =~ /\bngx_conf_init_size_value\(mcf->(\w+),\s*([^;]+?)\);/g) {
    my %name = (cache_size => 'cache', store_size => 'key_zone');
    $default{"actor_token_$name{$1}"} = $2;
}

while ($source =~ /\bngx_conf_init_msec_value\(request->(\w+),\s*([^;]+?)\);/g) {
    $default{"key_$1"} = $2;
}

my %written = (
    '0' => 'off', '4' => '4', '8192' => '8k', 'NGX_LOG_ERR' => 'error',
    '24 * 60 * 60' => '24h', '8 * 1024 * 1024' => '8m',
    '60 * 60 * 1000' => '1h', '24 * 60 * 60 * 1000' => '24h',
    '60 * 1000' => '60s', '5000' => '5s', '30' => '30s',
    'NGX_ACTOR_TOKEN_DELEGATE_REQUIRED' => 'required',
    'NULL' => 'off', 'NGX_CONF_UNSET_PTR' => undef,

    # unset, and then as if it said so
    actor_token_trust => 'any', actor_token_actors => 'any',
);

cmp_ok(scalar keys %default, '>=', 17, 'defaults in the sources');

for my $head (@heads) {
    my $name = $head->{name};

    if (!exists $default{$name}) {
        next if !$module{$name};
        is($head->{default}, undef, "$name has no default");
        next;
    }

    my $value = exists $written{$name} ? $written{$name}
                                       : $written{$default{$name}};

    is($head->{default}, defined $value ? "$name $value;" : undef,
       "$name - default of $default{$name}");
    delete $default{$name};
}

is(join(' ', sort keys %default), '', 'no default is left');

my ($types) = $source =~ /static ngx_str_t\s+type = ngx_string\("([^"]+)"\)/;
my ($subject) = $source =~ /static ngx_str_t\s+sub = ngx_string\("([^"]+)"\)/;
my @algorithms = grep { !/^HS/ }
                 $source =~ /\bNGX_ACTOR_TOKEN_ALG\("(\w+)"/g;
my %head = map { $_->{name} => $_ } @heads;

is($head{type}{default}, "type $types;", 'type - default');
is($head{subject_claim}{default}, "subject_claim $subject;",
   'subject_claim - default');
is($head{algorithms}{default}, "algorithms @algorithms;",
   'algorithms - default');

my ($leeway) = $source =~ /#define NGX_ACTOR_TOKEN_LEEWAY_MAX\s+(\d+)/;
is($leeway, 5 * 60, 'leeway - at most 5 minutes');

my ($label) = $source =~ /#define NGX_ACTOR_TOKEN_LABEL_MAX\s+(\d+)/;
like($text, qr/at most $label bytes/, 'issuer - the length of a label');


# Variables

my %variables = map { $_ => 1 }
    $source =~ /\bNGX_HTTP_ACTOR_TOKEN_(?:OUTCOME|IDENTITY)\("(\w+)"/g,
    $source =~ /\{ ngx_string\("actor_token_(\w+)"\), NULL/g;

cmp_ok(scalar keys %variables, '>', 15, 'variables in the sources');

my %shown = map { $_ => 1 } $text =~ /^\| `\$actor_token_(\w+)`/mg;

is(join(' ', sort keys %shown), join(' ', sort keys %variables),
   'variables in the documentation');

for my $name (sort { $a cmp $b } keys %{{ map { $_ => 1 }
              $text =~ /\$actor_token_([a-z_]+)/g }})
{
    next if $name =~ /^claim_./;
    ok($variables{$name}, "\$actor_token_$name exists");
}


# Reasons: code, status, error

my %error = (NONE => '', BARE => '', REQUEST => '`invalid_request`',
             TOKEN => '`invalid_token`', SCOPE => '`insufficient_scope`');

my @reasons;

while ($source =~ /\bX\([A-Z_]+, "(\w+)", (\d+), ([A-Z]+)\)/g) {
    push @reasons, "$1 $2 $error{$3}" if $1 ne 'ok';
}

my @rows = map { "$_->[0] $_->[1] $_->[2]" }
           map { [/^\| `(\w+)` \| (\d+) \| (\S*) ?\| .+\. \| .+[.?] \|$/] }
           grep { /^\| `[a-z_]+` \| \d/ } split /\n/, $text;

cmp_ok(scalar @reasons, '>', 30, 'reasons in the sources');
is_deeply([sort @rows], [sort @reasons], 'reasons in the documentation')
    or diag(join "\n", @rows);

done_testing();
