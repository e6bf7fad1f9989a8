package Faulty;

# An nginx whose module runs out of memory when it is told to; see fault.c.
#
#     my $nginx = Faulty->new($configuration);   # of http, and the servers
#     $nginx->sweep(sub { ... }, each => sub { my ($result, $n) = @_; ... });
#
# calls the first function again and again, each time with another allocation
# failing, until none of them fails any more.

use v5.10.1;
use strict;
use warnings;

use Cwd ();
use File::Temp ();
use IO::Socket::INET ();
use Test::More;
use Time::HiRes qw( sleep time );

use ActorToken::Mint;

my $Port = $ENV{TEST_NGINX_PORT} // 1984;
my $Binary = $ENV{NGX_BIN} or die 'no NGX_BIN';
my $Most = 5000;


sub new {
    my ($class, $http) = @_;

    my $folder = File::Temp::tempdir('fault-XXXXXX', TMPDIR => 1,
                                     CLEANUP => !$ENV{KEEP});
    my $self = bless { folder => $folder }, $class;

    chmod 0755, $folder;
    mkdir "$folder/$_" for qw( conf logs html );
    chmod 0777, "$folder/logs";

    $http =~ s/\$PORT\b/$Port/g;

    $self->write('html/index.html', "the page\n");
    $self->write('conf/nginx.conf', <<"_EOC_");
worker_processes 1;
pid logs/nginx.pid;
error_log logs/error.log info;
events { }
http {
    log_format line '\$status \$uri';
    log_format audit escape=none '\$actor_token_audit';
    access_log logs/access.log line;
    access_log logs/audit.log audit;
    keepalive_timeout 0;
$http
}
_EOC_

    for my $name ($http =~ m{\b(?:jwks|key)\s+([\w.]+)}g) {
        my ($content, $mode) = file_for($name);
        $self->write("conf/$name", $content);
        chmod $mode, "$folder/conf/$name";
    }

    $self->write('control', "\0" x 40);
    chmod 0666, "$folder/control";

    return $self;
}


sub write {
    my ($self, $name, $content) = @_;

    open my $fh, '>:raw', "$self->{folder}/$name" or die "$name: $!";
    print $fh $content;
    close $fh or die "$name: $!";
}


sub read {
    my ($self, $name) = @_;

    open my $fh, '<:raw', "$self->{folder}/$name" or return '';
    local $/;
    return <$fh> // '';
}


# runs nginx; what a sanitizer says is in a file that begins with "report"

sub run {
    my ($self, %o) = @_;

    local $ENV{FAULT_CONTROL} = "$self->{folder}/control";
    local $ENV{ASAN_OPTIONS} = ($ENV{ASAN_OPTIONS} // '')
                               . ",log_path=$self->{folder}/logs/report"
                               . ($o{options} // '');

    # what nginx says to a terminal is in its log as well

    open my $stderr, '>&', \*STDERR or die $!;
    open STDERR, '>', '/dev/null' or die $!;

    my $status = system($Binary, '-p', "$self->{folder}/",
                        '-c', 'conf/nginx.conf', '-e', 'logs/error.log',
                        @{ $o{arguments} // [] });

    open STDERR, '>&', $stderr or die $!;

    return $status;
}


sub start {
    my ($self) = @_;

    $self->run == 0 or die $self->read('logs/error.log');
}


sub stop {
    my ($self) = @_;

    chomp(my $pid = $self->read('logs/nginx.pid'));

    kill 'QUIT', $pid or return;
    my $deadline = time() + 20;

    while (kill 0, $pid) {
        die "nginx $pid does not stop" if time() > $deadline;
        sleep 0.01;
    }
}


sub DESTROY {
    my ($self) = @_;

    my ($pid) = $self->read('logs/nginx.pid') =~ /(\d+)/;
    kill 'TERM', $pid if $pid;
}


# which allocation fails, whether all that follow do, and whether those of
# libraries count; then, how many have failed

sub allow_until {
    my ($self, $n, %o) = @_;

    open my $fh, '+<:raw', "$self->{folder}/control" or die $!;
    syswrite $fh, pack('q5', 0, $n, $o{all} ? 1 : 0, $o{libraries} ? 1 : 0, 0);
    close $fh;
}

sub counted {
    my ($self) = @_;

    return (unpack 'q5', $self->read('control'))[0];
}

sub failed {
    my ($self) = @_;

    return (unpack 'q5', $self->read('control'))[4];
}


# how many lines of the error log are like this

sub logged {
    my ($self, $pattern) = @_;

    return scalar grep { $_ =~ $pattern }
                       split /\n/, $self->read('logs/error.log');
}


sub get {
    my ($self, $path, @headers) = @_;

    my $lines = () = $self->read('logs/access.log') =~ /\n/g;
    my $socket = IO::Socket::INET->new("127.0.0.1:$Port")
        or die "no connection: $!";

    $socket->timeout(20);
    print $socket join("\r\n", "GET $path HTTP/1.1", 'Host: acme', @headers,
                       'Connection: close', '', '');

    local $/;
    my $text = <$socket> // '';

    # what the log phase does is part of it

    my $deadline = time() + 5;

    while (($lines + 1) > (() = $self->read('logs/access.log') =~ /\n/g)) {
        die "nothing logged for $path" if time() > $deadline;
        sleep 0.002;
    }

    my ($status) = $text =~ m{^HTTP/1\.1 (\d+)};
    my ($head, $body) = split /\r\n\r\n/, $text, 2;

    return { status => $status // 0, head => $head // '',
             body => $body // '' };
}


# how often something failed

sub sweep {
    my ($self, $call, %o) = @_;

    my $n;

    for ($n = 1; $n < $Most; $n++) {
        $self->allow_until($n, %o);

        my $result = $call->($n);
        my $failed = $self->failed;

        $self->allow_until(0);
        last unless $failed;

        $o{each}->($result, $n);
    }

    return $n - 1;
}


# no process has died, and no sanitizer has reported anything

sub sound {
    my ($self, $name) = @_;

    my @died = grep { /exited on signal|exited with code [1-9]/ }
                    split /\n/, $self->read('logs/error.log');
    is("@died", '', "$name: no process has died");

    my @reports = glob "$self->{folder}/logs/report*";
    is(join("\n", map { $self->read(s{^\Q$self->{folder}/\E}{}r) } @reports),
       '', "$name: no sanitizer has reported anything");
}


1;
