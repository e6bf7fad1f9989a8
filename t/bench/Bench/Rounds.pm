package Bench::Rounds;

# Processor time of a request.  All cases take turns, round by round, so that
# whatever else the machine does meets all of them; ratios are made within a
# round.

use v5.10.1;
use strict;
use warnings;

use Bench::Load;
use Bench::Machine;
use Bench::Report;

use constant FLOOR_MS => 60;

# limit, aim

my @Hit      = (limit => 1.25, aim => 1.15);
my @Miss     = (limit => 1.15, aim => 1.05);
my @Reject   = (limit => 1.15, aim => 1.05);
my @Many     = (limit => 1.05, aim => 1.00);

# the best module that is no result cache, with the same token each time: its
# RS256 against bare nginx, as it was when it was compared

my $Peer = 63 / 9.9;


# new(cases, floor, rounds => 5, seconds => 1, worker => cpu, wrk => cpu,
#     algorithms => [...], only => [names of cases], as => 'a remark')
#
# wrk yields where it shares the worker's processor.  On another one, it sleeps
# when the worker takes long, and each answer wakes it: the worker pays for
# that, and does not for a bare request, which keeps wrk awake.

sub new {
    my ($class, $cases, $floor, %o) = @_;

    return bless { cases => $cases, floor => $floor, %o, got => {} }, $class;
}


sub run {
    my ($self) = @_;

    my @cases = $self->cases;
    my @worker = Bench::Machine::pinned($self->{worker});

    $_->start(under => \@worker) for $self->{cases}->servers;
    $self->{cases}->prove($_) for @cases;

    my %o = (seconds => $self->{seconds}, cpus => [$self->{wrk}],
             yields => $self->{wrk} == $self->{worker});

    for my $round (1 .. $self->{rounds}) {
        print "round $round of $self->{rounds}\n";

        my $ns = $self->{floor}->nanoseconds(FLOOR_MS, @worker);

        for my $alg (keys %$ns) {
            push @{ $self->{floor_ns}{$alg}{$_} }, $ns->{$alg}{$_}
                for keys %{ $ns->{$alg} };
        }

        for my $case (@cases) {
            push @{ $self->{got}{$case->{name}}{$case->{alg}} },
                 Bench::Load::measure($case, %o);
        }
    }

    $self->{cases}->prove_after($_) for @cases;
    $_->stop for $self->{cases}->servers;
}


sub cases {
    my ($self) = @_;

    my @cases = $self->{cases}->all(@{ $self->{algorithms} });
    my %only = map { $_ => 1 } @{ $self->{only} // [] };

    return %only ? grep { $only{$_->{name}} } @cases : @cases;
}


# of each round: us, rps or busy

sub samples {
    my ($self, $name, $alg, $what) = @_;

    my $got = $self->{got}{$name}{$alg} // return;

    return map { $_->{$what // 'us'} } @$got;
}


sub ratios {
    my ($self, $alg, $over, $under) = @_;

    my @over = $self->samples($over, $alg) or return;
    my @under = $self->samples($under, $alg) or return;

    return map { $over[$_] / $under[$_] } 0 .. $#over;
}


# of each round: what nobody can do without

sub least {
    my ($self, $alg) = @_;

    my @bare = $self->samples('bare', $alg);
    my $ns = $self->{floor_ns}{$alg};

    return map { $bare[$_] + ($ns->{verify}[$_] + $ns->{parse}[$_]) / 1000 }
               0 .. $#bare;
}


# the table of times, with a column for each algorithm

sub times {
    my ($self) = @_;

    my @algorithms = @{ $self->{algorithms} };
    my @rows;

    my $row = sub {
        my ($what, $of, $format) = @_;

        my @cells = map {
            my @samples = $of->($_);
            @samples ? sprintf $format, Bench::Report::median(@samples) : '';
        } @algorithms;

        push @rows, [$what, @cells] if grep { $_ ne '' } @cells;
    };

    for my $name ('bare', 'hit', 'miss', 'miss, zone full', 'bad signature') {
        $row->("$name, us", sub { $self->samples($name, $_[0]) }, '%.1f');
    }

    for my $op (qw( verify parse sha256 )) {
        $row->("floor: $op, us", sub {
            map { $_ / 1000 } @{ $self->{floor_ns}{$_[0]}{$op} };
        }, '%.2f');
    }

    $row->('hit / bare', sub { $self->ratios($_[0], 'hit', 'bare') }, '%.2f');
    $row->('miss / (bare + verify + parse)', sub { $self->misses($_[0]) },
           '%.2f');

    if ($self->{wrk} != $self->{worker}) {
        $row->('hits per second', sub { $self->samples('hit', $_[0], 'rps') },
               '%.0f');
        $row->('misses per second',
               sub { $self->samples('miss', $_[0], 'rps') }, '%.0f');
    }

    return Bench::Report::table([" one request, $self->{as}", @algorithms],
                                @rows);
}


sub misses {
    my ($self, $alg, $name) = @_;

    my @miss = $self->samples($name // 'miss', $alg) or return;
    my @least = $self->least($alg);

    return map { $miss[$_] / $least[$_] } 0 .. $#miss;
}


# rows of verdicts

sub verdicts {
    my ($self) = @_;

    my @algorithms = @{ $self->{algorithms} };
    my @rows;

    my $judge = sub {
        my ($what, $samples, @o) = @_;

        $what .= ", $self->{as}" if $self->{only};
        push @rows, Bench::Report::judge($what, $samples, @o) if @$samples;
    };

    for my $alg (@algorithms) {
        $judge->("hit, $alg / bare", [$self->ratios($alg, 'hit', 'bare')],
                 @Hit);
    }

    for my $alg (@algorithms) {
        $judge->("miss, $alg / (bare + verify + parse)",
                 [$self->misses($alg)],
                 $alg =~ /^(RS|ES|Ed)/ ? @Miss : ());
    }

    for my $alg (@algorithms) {
        $judge->("bad signature, $alg / miss",
                 [$self->ratios($alg, 'bad signature', 'miss')],
                 limit => 1);
    }

    for my $name ('no token', 'not a token', 'too large', 'broken JSON') {
        my ($alg) = keys %{ $self->{got}{$name} } or next;

        $judge->("$name / the same answer without the module",
                 [$self->ratios($alg, $name, $self->{cases}->base($name))],
                 $name eq 'broken JSON' ? () : @Reject);
    }

    for my $name (map { ("hit, $_", "miss, $_") } '10,000 issuers',
                                                  '10,000 actors')
    {
        my ($alg) = keys %{ $self->{got}{$name} } or next;

        $judge->("$name / one, $alg",
                 [$self->ratios($alg, $name, $self->{cases}->base($name))],
                 @Many);
    }

    $judge->('hit, RS256 / kjdev/nginx-auth-jwt as recorded',
             [map { $_ / $Peer } $self->ratios('RS256', 'hit', 'bare')],
             limit => 1 / 5, aim => 1 / 6, digits => 3)
        if !$self->{only};

    return @rows;
}


# how busy the worker was: its time is dearer where it waits a lot

sub busy {
    my ($self) = @_;

    my @shares = map {
        my $name = $_;
        my @busy = map { $self->samples($name, $_, 'busy') }
                       @{ $self->{algorithms} };
        @busy ? sprintf "%s %.0f %%", $name,
                        100 * Bench::Report::median(@busy) : ();
    } 'bare', 'hit', 'miss';

    return "$self->{as}: the worker was busy for this share of the time: "
           . join(', ', @shares);
}


1;
