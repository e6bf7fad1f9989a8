package Bench::Load;

# One wrk for a second or so, and what it has cost the worker.

use v5.10.1;
use strict;
use warnings;

use Bench::Client;
use Bench::Machine;
use Bench::Server;

my $Script = Bench::Server::top() . '/t/bench/requests.lua';


# the file of a case's requests, written once

sub requests_file {
    my ($case) = @_;

    return $case->{file} //= do {
        my $file = Bench::Server::folder() . '/requests/'
                   . "$case->{alg} $case->{name}" =~ s/\W+/-/gr;

        Bench::Server::write_file($file, join '', @{ $case->{requests} });
        $file;
    };
}


# start(case, seconds => 1, connections => 32, threads => 1, cpus => [...],
#       yields => 1)
#
# One that yields does not interrupt what runs on its processor when it is
# answered: it goes on when the worker has nothing more to do.

sub start {
    my ($case, %o) = @_;

    my @wrk = ('wrk', '-t', $o{threads} // 1, '-c', $o{connections} // 32,
               '-d', $o{seconds} // 1, '-s', $Script,
               "http://127.0.0.1:$case->{server}{port}", '--',
               requests_file($case));

    unshift @wrk, Bench::Machine::pinned(@{ $o{cpus} }) if $o{cpus};
    unshift @wrk, 'chrt', '--batch', '0' if $o{yields};

    my $pid = open my $out, '-|', @wrk or die "wrk: $!\n";

    return { case => $case, out => $out };
}


# Waits for it.  All answers have been as they should, or it dies.

sub finish {
    my ($load) = @_;

    my $out = $load->{out};
    my $case = $load->{case};
    my $name = "$case->{alg}, $case->{name}";
    my %got = map { /^(\w+) ([\d.e+]+)$/ ? ($1 => $2) : () } <$out>;

    close $out or die "$name: wrk has failed\n";

    my $refused = $case->{status} == 200 ? 0 : $got{requests};

    die "$name: $got{refused} of $got{requests} requests refused\n"
        if $got{refused} != $refused || $got{requests} < 10;

    die "$name: $got{broken} connections broken\n" if $got{broken};

    my $complaints = $case->{server}->complaints;

    die "$name: $complaints\n" if $complaints ne '';

    return \%got;
}


# requests that this server has seen

sub served {
    my ($server) = @_;

    return $server->client->get('/status')->{body}
           =~ /^\s*\d+ \d+ (\d+)/m ? $1 : die "no stub_status\n";
}


# { us => microseconds of processor per request, rps, busy => share of the time }

sub measure {
    my ($case, %o) = @_;

    my $server = $case->{server};
    my @workers = $server->workers;

    my $count = served($server);
    my $ns = Bench::Machine::spent(@workers);

    my $got = finish(start($case, %o));

    $ns = Bench::Machine::spent(@workers) - $ns;

    # the question itself is a request

    $count = served($server) - $count - 1;

    die "$case->{name}: $count requests served, $got->{requests} answered\n"
        if $count < $got->{requests};

    return { us => $ns / $count / 1000, count => $count,
             rps => $got->{requests} / $got->{us} * 1e6,
             busy => $ns / 1000 / $got->{us} };
}


1;
