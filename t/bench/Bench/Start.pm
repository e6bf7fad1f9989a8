package Bench::Start;

# What 10,000 issuers cost before there is any request.

use v5.10.1;
use strict;
use warnings;

use Time::HiRes qw( time );

use Bench::Issuers;
use Bench::Machine;
use Bench::Report;
use Bench::Server;

my $Nginx = $ENV{NGX_BIN} || 'nginx';


# rows

sub run {
    my (%o) = @_;

    my $one = Bench::Server->new('start-one');
    my $many = Bench::Server->new('start-many',
                                  issuers => Bench::Issuers::blocks());
    my (@wall, @cpu);

    for (1 .. $o{rounds}) {
        my ($wall, $cpu) = test($many);

        push @wall, $wall;
        push @cpu, $cpu;
    }

    my @kb = map {
        my $server = $_->start;
        my $kb = Bench::Machine::memory($server->workers);

        $server->stop;
        $kb;
    } $one, $many;

    return (Bench::Report::judge('nginx -t, 10,000 issuers, processor time',
                                 \@cpu, unit => ' s', limit => 4, aim => 2),
            Bench::Report::judge('nginx -t, 10,000 issuers, by the clock',
                                 \@wall, unit => ' s'),
            Bench::Report::judge('memory of an issuer with a key',
                                 [($kb[1] - $kb[0])
                                  / (Bench::Issuers::COUNT - 1)],
                                 unit => ' kB'));
}


# seconds, and seconds of processor

sub test {
    my ($server) = @_;

    my $start = time;
    my ($user, $system) = (times)[2, 3];

    system("'$Nginx' -t -p '$server->{folder}/' -c nginx.conf -e error.log "
           . ">'$server->{folder}/out' 2>&1") == 0
        or die $server->read_file('out');

    my ($user_after, $system_after) = (times)[2, 3];

    return (time - $start, $user_after + $system_after - $user - $system);
}


1;
