package Bench::Machine;

# The machine: its processors, who else uses them, and what a process costs.

use v5.10.1;
use strict;
use warnings;


sub slurp {
    my ($path) = @_;

    open my $fh, '<', $path or return '';
    local $/;
    return scalar(<$fh>) // '';
}


# the processors that we may use

sub cpus {
    my ($list) = slurp('/proc/self/status') =~ /^Cpus_allowed_list:\s*(\S+)/m;

    return map { /(\d+)-(\d+)/ ? $1 .. $2 : $_ } split /,/, $list;
}


sub pinned {
    my (@cpus) = @_;

    return ('taskset', '-c', join ',', @cpus);
}


# nanoseconds of processor that the threads of these processes have had

sub spent {
    my (@pids) = @_;

    my $ns = 0;

    for my $pid (@pids) {
        for my $file (glob "/proc/$pid/task/*/schedstat") {
            $ns += (split ' ', slurp($file))[0] // 0;
        }
    }

    return $ns;
}


# kB of a process that are its own: not of files, and not the zones

sub memory {
    my ($pid) = @_;

    my ($kb) = slurp("/proc/$pid/status") =~ /^RssAnon:\s*(\d+) kB/m;

    return $kb // die "process $pid has gone\n";
}


# jiffies of all processors: { busy, steal, total }

sub jiffies {
    my ($user, $nice, $system, $idle, $iowait, $irq, $soft, $steal)
        = slurp('/proc/stat') =~ /^cpu +(\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)/;

    my $busy = $user + $nice + $system + $irq + $soft;

    return { busy => $busy, steal => $steal,
             total => $busy + $idle + $iowait + $steal };
}


# To be asked at the end, when all that we have started is done: how busy the
# machine was with other things.

sub new {
    my ($class) = @_;

    return bless { start => jiffies(), load => load() }, $class;
}


sub load {
    return (split ' ', slurp('/proc/loadavg'))[0];
}


sub others {
    my ($self) = @_;

    my ($now, $start) = (jiffies(), $self->{start});
    my $ours = 0;

    $ours += $_ for times;
    $ours *= 100;

    my $total = $now->{total} - $start->{total} || 1;
    my $others = $now->{busy} - $start->{busy} - $ours;

    $others = 0 if $others < 0;

    return sprintf 'load average %s before and %s after; other processes took '
                   . '%.0f %% of the processors, and other guests (steal) '
                   . '%.1f %%',
                   $self->{load}, load(), 100 * $others / $total,
                   100 * ($now->{steal} - $start->{steal}) / $total;
}


# lines that say what it is

sub description {
    my ($model) = slurp('/proc/cpuinfo') =~ /^model name\s*:\s*(.*)/m;
    my ($system) = slurp('/etc/os-release') =~ /^PRETTY_NAME="?([^"\n]*)/m;
    my ($ram) = slurp('/proc/meminfo') =~ /^MemTotal:\s*(\d+)/m;

    chomp(my $kernel = `uname -srm`);

    my $nginx = $ENV{NGX_BIN} || 'nginx';
    my ($version) = `'$nginx' -V 2>&1` =~ m{nginx/(\S+)};
    my ($openssl) = `openssl version` =~ /^(OpenSSL \S+)/;

    return sprintf('%s, %d processors, %.0f GB', $model // 'unknown',
                   scalar cpus(), ($ram // 0) / 1048576),
           "$system, $kernel",
           sprintf('nginx %s, %s', $version // '?', $openssl // 'OpenSSL ?');
}


1;
