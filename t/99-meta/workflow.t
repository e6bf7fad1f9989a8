# What the public's CI runs is there, and its suites are those of make test-deb.

use strict;
use warnings;

use Test::More;

sub text_of {
    my ($file) = @_;

    open my $fh, '<', $file or BAIL_OUT("$file: $!");
    local $/;
    return <$fh>;
}

my $workflow = text_of('.github/workflows/ci.yml');

my ($phony) = text_of('Makefile') =~ /^\.PHONY: ((?:.*\\\n)*.*)/m;
my %target = map { $_ => 1 } split ' ', $phony;

my @commands = $workflow =~ /^ +- run: (.*)$/mg;
my %run = map { $_ => 1 } @commands;

for my $command (grep { !/^apt-get / } @commands) {
    if ($command =~ /^make ([a-z-]+)$/) {
        ok($target{$1}, $command);

    } else {
        ok(-x $command, $command);
    }
}

ok($run{$_}, "$_ is run") for '.ci/run', 'make run', 'make test';

my ($suites) = text_of('.ci/test-deb') =~ /^test \$# -gt 0 \|\| set -- (.*)$/m;
my ($matrix) = $workflow =~ /^ +suite: \[(.*)\]$/m;

is($matrix, join(', ', split ' ', $suites), 'suites');

done_testing();
