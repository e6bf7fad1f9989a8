package Bench::Workers;

# What a request costs with two busy workers, over what it costs with one.
# Where there are four processors, wrk has two of its own; where there are less,
# a wrk shares the processor of each worker.

use v5.10.1;
use strict;
use warnings;

use Bench::Load;
use Bench::Machine;
use Bench::Report;
use Bench::Server;

my @Limit = (limit => 1.11, aim => 1.03);


# run(cases, rounds => 5, seconds => 1): (rows, remark)

sub run {
    my ($cases, %o) = @_;

    my @cpus = Bench::Machine::cpus();

    return Bench::Report::not_measured('two workers / one', 'one processor')
        if @cpus < 2;

    my @cache = $cases->has_cache ? (cache => '8m') : ();
    my @names = $cases->has_cache ? qw( bare hit ) : qw( bare );
    my $shared = @cpus < 4;

    my %servers = map {
        $_ => Bench::Server->new("workers-$_", @cache, workers => $_,
                                 main => affinity(@cpus[0 .. $_ - 1]));
    } 1, 2;

    $_->start for values %servers;

    my %us;

    for my $round (1 .. $o{rounds}) {
        for my $name (@names) {
            for my $workers (1, 2) {
                my $case = { %{ $cases->case($name, 'RS256') },
                             server => $servers{$workers} };

                $cases->prove($case) if $round == 1;

                my $got = Bench::Load::measure($case,
                    seconds => $o{seconds}, threads => $workers,
                    connections => 32 * $workers, yields => $shared,
                    cpus => $shared ? [@cpus[0 .. $workers - 1]]
                                    : [@cpus[2, 3]]);

                push @{ $us{$name}[$workers] }, $got->{us};
            }
        }
    }

    $_->stop for values %servers;

    my @rows = map {
        my ($one, $two) = @{ $us{$_} }[1, 2];

        Bench::Report::judge("$_, two workers / one",
                             [map { $two->[$_] / $one->[$_] } 0 .. $#$one],
                             $_ eq 'hit' ? @Limit : ());
    } @names;

    push @rows, Bench::Report::not_measured('hit, two workers / one',
                                            'no actor_token_cache')
        if !$cases->has_cache;

    return (\@rows, $shared
            ? 'with two workers, and with the one that they are compared with, '
              . 'a wrk shares the processor of each worker'
            : 'wrk has two processors of its own beside two workers');
}


sub affinity {
    my (@cpus) = @_;

    my @masks = map { '1' . '0' x $_ } @cpus;

    return "worker_cpu_affinity @masks;";
}


1;
