package Bench::Callgrind;

# Counts instructions.  The number is the same each time, whatever else the
# machine does, but it knows of no kernel, no cache and no SHA instructions:
# valgrind's processor has none.

use v5.10.1;
use strict;
use warnings;

use Time::HiRes qw( sleep time );

use constant WARM => 40;
use constant FEW  => 50;
use constant MANY => 150;


# nginx under callgrind.  USR1 makes it reopen its logs, and callgrind write
# down what has been counted and begin anew.

sub new {
    my ($class, $server) = @_;

    my $out = "$server->{folder}/callgrind.out";
    my $self = bless { server => $server, out => $out, parts => 0 }, $class;

    unlink glob "$out*";

    $server->start(single => 1,
                   under => ['valgrind', '--tool=callgrind', '-q',
                             "--callgrind-out-file=$out",
                             '--dump-before=ngx_reopen_files']);

    return $self;
}


# what was counted since the last call: the name of the file that has it

sub part {
    my ($self) = @_;

    my $file = "$self->{out}." . ++$self->{parts};
    my $limit = time + 60;

    # a signal between the look at its flag and epoll_wait() would sleep there

    sleep 0.001 until $self->sleeps || time > $limit;

    kill USR1 => $self->{server}{pid};

    until (defined total($file)) {
        die "callgrind has not written $file\n" if time > $limit;
        sleep 0.005;
    }

    return $file;
}


sub sleeps {
    my ($self) = @_;

    open my $fh, '<', "/proc/$self->{server}{pid}/stat" or return;

    return <$fh> =~ /\) S /;
}


sub total {
    my ($file) = @_;

    open my $fh, '<', $file or return;

    while (my $line = <$fh>) {
        return $1 if $line =~ /^totals: (\d+)/;
    }

    return;
}


# Sends requests of this list, each with the status that is expected.

sub send {
    my ($self, $client, $count, $case) = @_;

    my $requests = $case->{requests};

    for (1 .. $count) {
        my $n = $case->{sent}++ % @$requests;
        my $answer = $client->send($requests->[$n]);

        die "$case->{name}: $answer->{status} instead of $case->{status}\n"
            if $answer->{status} != $case->{status};
    }
}


# Instructions of one request, and the file where 150 of them are counted.
# What a part costs beside its requests is in both of its parts.

sub per_request {
    my ($self, $case) = @_;

    my $client = $self->{server}->client;

    $self->send($client, WARM, $case);
    $self->part;

    $self->send($client, FEW, $case);
    my $few = total($self->part);

    $self->send($client, MANY, $case);
    my $many = $self->part;

    return ((total($many) - $few) / (MANY - FEW), $many);
}


# Instructions of one operation of a program, which is told how often to do it.

sub per_operation {
    my ($out, $command) = @_;

    my @counts = map {
        my $n = $_;

        unlink $out;
        system('valgrind', '--tool=callgrind', '-q',
               "--callgrind-out-file=$out", $command->($n)) == 0
            or die join(' ', $command->($n)), " failed\n";

        total($out) // die "callgrind has not written $out\n";
    } FEW, MANY;

    return ($counts[1] - $counts[0]) / (MANY - FEW);
}


# Who has spent it: { function => [alone, with what it calls] }.  A function
# that calls itself is counted once; one that comes back through another may be
# counted twice.

sub functions {
    my ($file) = @_;

    my (%name, %cost, $object, $function, $callee, $callee_object, $call);

    # "(1) name" defines what "(1)" is from then on

    my $expand = sub {
        my ($kind, $text) = @_;
        my ($id, $name) = $text =~ /^\((\d+)\)(?: (.*))?$/ or return $text;

        $name{$kind}{$id} = $name if defined $name;
        return $name{$kind}{$id};
    };

    my $label = sub {
        my ($name, $object) = @_;
        return "$name [" . ($object =~ m{([^/]*)$})[0] . ']';
    };

    open my $fh, '<', $file or die "$file: $!\n";

    while (my $line = <$fh>) {

        if ($line =~ /^ob=(.*)/) {
            $object = $expand->(ob => $1);

        } elsif ($line =~ /^fn=(.*)/) {
            $function = $label->($expand->(fn => $1), $object);

        } elsif ($line =~ /^cob=(.*)/) {
            $callee_object = $expand->(ob => $1);

        } elsif ($line =~ /^cfn=(.*)/) {
            $callee = $label->($expand->(fn => $1), $callee_object // $object);

        } elsif ($line =~ /^calls=/) {
            $call = 1;

        } elsif ($line =~ /^[+*-]?\d* (\d+)$/) {

            if (!$call) {
                $cost{$function}[0] += $1;
                $cost{$function}[1] += $1;

            } elsif ($callee ne $function) {
                $cost{$function}[1] += $1;
            }

            if ($call) {
                ($call, $callee_object) = ();
            }
        }
    }

    $_->[0] //= 0 for values %cost;

    return \%cost;
}


1;
