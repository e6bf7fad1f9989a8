# Which version serves is told where nginx tells its own: once, at level notice,
# whenever a configuration is read.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;

use ActorToken::Gateway;

my $Header = 'src/ngx_actor_token.h';

open my $fh, '<', $Header or BAIL_OUT("$Header: $!");
my ($version) = join('', <$fh>)
    =~ /^#define NGX_ACTOR_TOKEN_VERSION +"([^"]+)"$/m;
close $fh;

like($version, qr/^\d+\.\d+\.\d+$/, "the version of $Header");

my $line = qr/actor token \Q$version\E, OpenSSL \d+\.\d+\.\d+\S* .*, jansson \d+\.\d+/;
my $any = qr/\[\w+\] .*jansson/;

my $nginx = gateway(workers => 2, level => 'notice', http => site());

like(join("\n", $nginx->logged($any)),
     qr/^\S+ \S+ \[notice\] $nginx->{pid}#\d+: $line[^\n]*\z/,
     'at start: once, at level notice, by the master');

$nginx->mark;
$nginx->reload;

like(join("\n", $nginx->logged($any)), qr/^[^\n]+ \[notice\] [^\n]*\z/,
     'and at reload, when another module may have been loaded');


# what "nginx -t" writes on the terminal, at this level

sub tested {
    my ($level) = @_;

    my $pid = open(my $out, '-|') // die "fork: $!";

    if (!$pid) {
        open STDERR, '>&', \*STDOUT;
        exec $nginx->command, '-t', '-g', "error_log stderr $level;"
            or die "exec: $!";
    }

    my @lines = <$out>;
    close $out;
    is($?, 0, 'accepted') or diag(@lines);

    return grep { /$any/ } @lines;
}

my @lines = tested('notice');

is(scalar @lines, 1, '"nginx -t" tells it, where error_log is at notice');
like($lines[0], $line, 'the same line');

is(scalar tested('warn'), 0, 'and not at warn');

done_testing();
