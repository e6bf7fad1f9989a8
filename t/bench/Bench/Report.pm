package Bench::Report;

# Tables, in a form that can be read as it is and is Markdown as well.

use v5.10.1;
use strict;
use warnings;

use List::Util qw( max min );


sub median {
    my @sorted = sort { $a <=> $b } @_;

    my $half = @sorted / 2;

    return @sorted % 2 ? $sorted[int $half]
                       : ($sorted[$half - 1] + $sorted[$half]) / 2;
}


# A row of [what, measured, spread, limit, aim, verdict].  "least" turns limit
# and aim round; "slack" is what may be more than the limit without meaning
# anything.

sub judge {
    my ($what, $samples, %o) = @_;

    my $digits = $o{digits} // 2;
    my $unit = $o{unit} // '';
    my $show = sub { sprintf "%.${digits}f$unit", $_[0] };
    my $show_or_not = sub { defined $_[0] ? $show->($_[0]) : '' };

    my ($low, $high) = (min(@$samples), max(@$samples));
    my $value = median(@$samples);

    return [$what, $show->($value),
            @$samples > 1 ? $show->($low) . ' to ' . $show->($high) : '',
            $show_or_not->($o{limit}), $show_or_not->($o{aim}),
            defined $o{limit}
            ? verdict($show, $value, $o{least} ? $high : $low, %o) : ''];
}


# as the numbers are shown; "best" is that of the best round

sub verdict {
    my ($show, $value, $best, %o) = @_;

    my $sign = $o{least} ? -1 : 1;
    my $digits = $o{digits} // 2;
    my $over = sub {
        my ($value, $limit) = @_;
        return 0 + sprintf "%.${digits}f", $sign * ($value - $limit);
    };

    my $by = $over->($value, $o{limit});

    if ($by > ($o{slack} // 0)) {
        return 'misses by ' . $show->($by)
               . ($over->($best, $o{limit}) <= 0 ? ', within the spread' : '');
    }

    return defined $o{aim} && $over->($value, $o{aim}) <= 0 ? 'meets the aim'
                                                           : 'meets';
}


# a row of what could not be measured

sub not_measured {
    my ($what, $why) = @_;

    return [$what, '', '', '', '', "not measured: $why"];
}


sub verdicts {
    my (@rows) = @_;

    return table([' what', 'measured', 'spread', 'limit', 'aim', ' verdict'],
                 @rows);
}


# A column whose title begins with a space has text, any other has numbers.

sub table {
    my ($titles, @rows) = @_;

    my @left = map { /^ / ? 1 : 0 } @$titles;
    my @titles = map { s/^ //r } @$titles;

    my @width = map {
        my $i = $_;
        max map { length($_->[$i] // '') } [@titles], @rows, ['---'];
    } 0 .. $#titles;

    my $line = sub {
        my ($row) = @_;

        return '| ' . join(' | ', map {
            sprintf $left[$_] ? '%-*s' : '%*s', $width[$_], $row->[$_] // ''
        } 0 .. $#titles) . " |\n";
    };

    my $rule = '|' . join('|', map {
        $left[$_] ? '-' x ($width[$_] + 2) : '-' x ($width[$_] + 1) . ':'
    } 0 .. $#titles) . "|\n";

    return join '', $line->(\@titles), $rule, map { $line->($_) } @rows;
}


# Puts text between the two markers of a file, and leaves the rest alone: it
# is written by hand.

sub put {
    my ($path, $text) = @_;

    my ($begin, $end) = ("<!-- make bench -->\n", "<!-- end -->\n");

    open my $in, '<', $path or die "$path: $!\n";
    my $whole = do { local $/; <$in> };
    close $in;

    $whole =~ s/\Q$begin\E.*?\Q$end\E/$begin\n$text\n$end/s
        or die "$path has no \"$begin\" with an \"$end\" after it\n";

    open my $out, '>', "$path.new" or die "$path.new: $!\n";
    print $out $whole;
    close $out or die "$path.new: $!\n";

    rename "$path.new", $path or die "$path: $!\n";
}


1;
