# The commands of the documentation, other than those that read logs, and what they
# print.

use strict;
use warnings;

use lib 't/lib', 't/80-docs';

use File::Temp ();
use JSON::PP ();
use Test::More;

use ActorToken::Mint;
use Docs;

my $top = docs_dir();
my $text = docs_text();


# every block that is no configuration belongs to a test: these, and those of
# logs.t, mcp.t and tenant.t

my %known = map { $_ => 1 } qw(
    demo packages make fetch error-line audit-line challenge jq main http
    prometheus promql);

for my $block (grep { $_->{mark} } blocks()) {
    ok($known{$block->{kind}}, "$block->{file}:$block->{line} - $block->{kind}");
}

my $logs = join '', map { slurp("$top/t/80-docs/$_.t") } qw( logs rollout );
my $queries = slurp("$top/t/metrics/prometheus.pl");

for my $block (grep { $_->{kind} =~ /^prom/ } blocks()) {
    like($queries, qr/'\Q$block->{name}\E'/, "$block->{name} is run");
}

for my $block (grep { $_->{kind} eq 'jq' } blocks()) {
    like($logs, qr/output_of\('\Q$block->{name}\E'/, "$block->{name} is run");
}


# the packages are those that the build asks for

my ($build) = slurp("$top/.ci/packages") =~ /^build\(\) \{(.*?)^\}/ms;
my %needed = map { $_ => 1 } 'make', grep { $_ ne 'clang' }
             $build =~ /\bneed ([a-z0-9+-]+) /g;
my %named = map { $_ => 1 } grep { !/^(?:apt-get|install)$/ }
            shown('packages') =~ /([a-z][a-z0-9-]+)/g;

is(join(' ', sort keys %named), join(' ', sort keys %needed),
   'packages that the build needs');


# what is said to be made is a target of the Makefile, and a setting is one

my $makefile = slurp("$top/Makefile");
my ($phony) = $makefile =~ /^\.PHONY: ((?:.*\\\n)*.*)/m;
my %target = map { $_ => 1 } split ' ', $phony;

for my $target (shown('make') =~ /^make (\w+)$/mg,
                $text =~ /`make ([a-z]+)`/g)
{
    ok($target{$target}, "make $target");
}

for my $setting ($text =~ /\b(NGX_\w+)=/g) {
    like($makefile, qr/^export .*\b$setting\b/m, "make $setting=");
}

my ($so) = $text =~ m{`(build/\w+\.so)`};
my ($module) = $makefile =~ /^MODULE = (\w+)$/m;

is($so, "build/$module.so", 'what is built');
is((shown('load') =~ m{(\w+)\.so})[0], $module, 'what is loaded');


# the demo prints these rows, in this order

my $demo = slurp("$top/demo/run");
my ($walk) = $demo =~ /^(walk\(\) \{.*?^\})$/ms or BAIL_OUT('no walk() in demo/run');
my ($line) = $demo =~ /^(line\(\) \{.*?^\})$/ms or BAIL_OUT('no line() in demo/run');
my $shell = File::Temp->new;

# row() is given text, status, reason, who, host, and how to ask

print {$shell} <<"_EOC_";
$line
rotate() { :; }
row() {
    line "\$1" "\${5%.localhost}" "\$2" "\$3" "\$4"
}
$walk
walk
_EOC_
close $shell;

my @printed = split /\n/, `sh $shell`;
my @shown = split /\n/, shown('demo');

is(scalar(grep { / \d{3} / } @printed), 23, 'requests that the demo sends');
like($text, qr/\bsends it 23 requests\b/, 'as many as the documentation says');

is(shift @shown, '$ make run', 'the command');
cmp_ok(scalar @shown, '>', 6, 'rows of the demo');

for my $row (@shown) {
    shift @printed while @printed && $printed[0] ne $row;
    ok(scalar @printed, "printed by the demo: $row");
}


$ENV{TEST_NGINX_BINARY} ||= 'nginx';

# commands that fetch, with a curl that reads from a folder, and an nginx that
# tells when it is to reload

my $dir = nginx_folder('http', shown('first-screen'));
my $bin = File::Temp->newdir;
my $site = File::Temp->newdir;
my $conf = "$dir/nginx.conf";

{
    # what the stub runs is not itself

    chomp(my $nginx = `sh -c 'command -v $ENV{TEST_NGINX_BINARY}'`);
    my $user = $> == 0 ? "-g 'user root;'" : '';

    spew("$bin/nginx", <<"_EOC_");
#!/bin/sh
case "\$*" in
    "-s reload") echo reload >>$bin/done ;;
    *) exec $nginx -p $dir/ -c nginx.conf -e $dir/logs/error.log $user "\$@" ;;
esac
_EOC_

    spew("$bin/curl", <<"_EOC_");
#!/bin/sh
output=-
for argument; do
    case \$argument in
        https://*)  file=\${argument##*/} ;;
        -*)         ;;
        *)          output=\$argument ;;
    esac
done
test -f $site/\$file || exit 22
if [ \$output = - ]; then cat $site/\$file; else cp $site/\$file \$output; fi
_EOC_

    chmod 0755, "$bin/nginx", "$bin/curl";
}

# runs the script; what came of it

sub shell {
    my ($name) = @_;

    my $command = shown($name) =~ s{/etc/nginx/keys}{$dir/keys}gr;

    local $ENV{PATH} = "$bin:$ENV{PATH}";

    unlink "$bin/done";
    system('sh', '-c', "exec 2>/dev/null\n$command");

    return -e "$bin/done" ? 'reloaded' : 'not reloaded';
}

my $before = slurp("$dir/keys/acme.jwks");

is(shell('fetch'), 'not reloaded', 'no answer: nothing happens');
is(slurp("$dir/keys/acme.jwks"), $before, 'and the keys stay');

spew("$site/jwks.json", $before);
is(shell('fetch'), 'not reloaded', 'the same keys: nothing happens');

my $after = jwks('acme', 'p256-new');

spew("$site/jwks.json", $after);
is(shell('fetch'), 'reloaded', 'other keys: nginx reloads');
is(slurp("$dir/keys/acme.jwks"), $after, 'with the other keys');

spew("$site/jwks.json", '{"keys":[]}');
is(shell('fetch'), 'not reloaded', 'a set without a key: nothing happens');
is(slurp("$dir/keys/acme.jwks"), $after, 'and the good keys are back');
is((run_nginx($dir, '-t'))[0], 0, 'with which nginx starts');


done_testing();
