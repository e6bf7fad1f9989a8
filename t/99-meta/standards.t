# What the standards ask for is tested, where docs/standards.md says so: each
# number is named in the title of some test, with the place that asks for it.

use strict;
use warnings;

use File::Find;
use Test::More;

my @Numbers = (1, 2, 5 .. 33, 35 .. 47, 49, '49a', 50, 52, '53a', 61 .. 72);

sub text_of {
    my ($file) = @_;

    open my $fh, '<', $file or BAIL_OUT("$file: $!");
    local $/;
    return <$fh>;
}

# | number | must | what is asked | where | tested |

my %row;

for (split /\n/, text_of('docs/standards.md')) {
    my ($number, $where, $tested) =
        /^\| (\d+[a-z]?) \| (?:must|should) \| .* \| (.*) \| (.*) \|$/ or next;

    ok(!$row{$number}, "$number has one row");
    $row{$number} = { where => $where, tested => $tested };
}

is_deeply([sort grep { $row{$_}{tested} eq 'yes' } keys %row],
          [sort @Numbers], 'the rows that say "yes"');

my %named;

find({ no_chdir => 1, wanted => sub {
    return unless /\.t$/ && !m{/99-meta/};

    my $file = $_;

    my $text = text_of($file);

    push @{ $named{$1} }, [$file, $2]
        while $text =~ /\(standards (\d+[a-z]?): ([^()]+)\)/g;
} }, 't');

for my $number (@Numbers) {
    ok($named{$number}, "$number is tested");
}

# RFC and number; the rest of what is named says where in it

for my $number (sort keys %named) {
    for (@{ $named{$number} }) {
        my ($file, $place) = @$_;
        my ($what) = $place =~ /^(RFC \d+|Transaction Tokens)/;

        $what //= $place =~ /decision/ ? 'decision'
                : $place =~ /^(Entra ID|OAuth Actor Profile)/
                  ? $1 =~ s/^OAuth //r
                : $place =~ /nginx/ ? 'nginx' : '?';

        like($row{$number}{where} // '', qr/\b\Q$what\E\b/,
             "$file: $number, $place");
    }
}

done_testing();
