package Bench::Growth;

# Memory of the worker over many requests, and of the master and the worker over
# reloads.  What a process takes to begin with is not growth, nor is what the
# allocator gives back and takes again, some 500 kB where tokens are parsed: it
# is looked at ten times, and the least of the last five counts, over the least
# of the first five.  The smallest leak of all, 32 bytes of each request, would
# be 3 MB over 200,000.

use v5.10.1;
use strict;
use warnings;

use List::Util qw( min );
use Time::HiRes qw( sleep time );

use Bench::Load;
use Bench::Machine;
use Bench::Report;

my @Limit = (digits => 0, unit => ' kB', limit => 0, slack => 256);


# run(cases, requests => 200_000, reloads => 20, algorithms => [...],
#     worker => cpu, wrk => cpu): rows

sub run {
    my ($cases, %o) = @_;

    my @algorithms = @{ $o{algorithms} };
    my @rows;

    $_->start(under => [Bench::Machine::pinned($o{worker})])
        for $cases->servers;

    for my $name ('hit', 'miss', 'miss, zone full', 'bad signature',
                  'no token', 'not a token', 'broken JSON', 'too large')
    {
        my $server = $cases->server($name) or next;
        my $case = mixed($cases, $name, @algorithms);

        # enough for every buffer to have been as large as it gets

        requests($case, $o{requests} / 4, $o{wrk});

        my @kb = map {
            requests($case, $o{requests} / 10, $o{wrk});
            Bench::Machine::memory($server->workers);
        } 1 .. 10;

        my $growth = min(@kb[5 .. 9]) - min(@kb[0 .. 4]);

        print "$name: @kb kB\n";

        push @rows, Bench::Report::judge(
            sprintf('growth over %s requests, %s', thousands($o{requests}),
                    $name),
            [$growth], @Limit);
    }

    push @rows, reloads($cases, $o{reloads}, @algorithms);

    $_->stop for $cases->servers;

    return @rows;
}


# the requests of all algorithms in one case

sub mixed {
    my ($cases, $name, @algorithms) = @_;

    my @all = map { $cases->case($name, $_) } @algorithms;

    return { %{ $all[0] }, name => "$name, mixed",
             requests => [map { @{ $_->{requests} } } @all] };
}


sub requests {
    my ($case, $count, $cpu) = @_;

    my $n = 0;

    while ($n < $count) {
        $n += Bench::Load::measure($case, seconds => 1, cpus => [$cpu])
              ->{count};
    }

    return $n;
}


sub reloads {
    my ($cases, $count, @algorithms) = @_;

    my $server = Bench::Server->new('reloads', actors => 1,
                                    $cases->has_cache ? (cache => '8m') : ());
    my @before;

    $server->start;

    for my $n (1 .. $count + 5) {
        reload($server);

        # what a worker needs it takes with its first requests

        my $client = $server->client;

        for my $name (grep { $cases->server($_) } 'hit', 'miss',
                                                  'bad signature')
        {
            $client->send($_)
                for map { @{ $cases->case($name, $_)->{requests} }[0 .. 0] }
                        @algorithms;
        }

        @before = memory($server) if $n == 5;
    }

    my @after = memory($server);

    $server->stop;

    return map {
        Bench::Report::judge("growth over $count reloads, "
                             . ('master', 'worker')[$_],
                             [$after[$_] - $before[$_]], @Limit);
    } 0, 1;
}


# until the new worker is there, and the old one is not

sub reload {
    my ($server) = @_;

    my ($old) = $server->workers;
    my $limit = time + 30;

    kill HUP => $server->{pid};

    while (1) {
        my @workers = $server->workers;

        last if @workers == 1 && $workers[0] != $old;
        die "$server->{name} does not reload\n" if time > $limit;
        sleep 0.005;
    }
}


sub memory {
    my ($server) = @_;

    return map { Bench::Machine::memory($_) } $server->{pid}, $server->workers;
}


sub thousands {
    my ($n) = @_;

    1 while $n =~ s/^(\d+)(\d{3})/$1,$2/;

    return $n;
}


1;
