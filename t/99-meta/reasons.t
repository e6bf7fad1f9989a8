# Every reason has a test that asserts it, in a file that also has an accepted
# request.

use strict;
use warnings;

use File::Find;
use Test::More;

my $Header = 'src/ngx_actor_token.h';

open my $fh, '<', $Header or BAIL_OUT("$Header: $!");

my @reasons = map { /^\s*X\([A-Z_]+, "([a-z_]+)",/ ? $1 : () } <$fh>;
close $fh;

cmp_ok(scalar @reasons, '>', 30, "reasons of $Header");

# needs an allocation to fail: no request can make that happen

my %untested = (internal_error => 1);

my %denied;

find({ no_chdir => 1, wanted => sub {
    return unless /\.t$/;

    open my $test, '<', $_ or die "$_: $!";
    local $/;
    my @blocks = split /^===.*\n/m, <$test>;
    shift @blocks;

    my @asserted = map { /^--- reason: (\S+)/m ? $1 : 'ok' }
                   grep { !/^--- must_die/m } @blocks;

    return unless grep { $_ eq 'ok' } @asserted;

    $denied{$_}{$File::Find::name} = 1 for @asserted;
} }, 't');

for my $reason (@reasons) {
    next if $untested{$reason};

    ok($denied{$reason}, "$reason is asserted");
}

for my $reason (sort keys %denied) {
    next if $reason eq '-';

    ok((grep { $_ eq $reason } @reasons), "$reason is a reason");
}

done_testing();
