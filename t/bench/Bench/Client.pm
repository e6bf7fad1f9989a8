package Bench::Client;

# One kept-alive connection that sends what it is told, byte for byte, and
# waits for each answer.

use v5.10.1;
use strict;
use warnings;

use IO::Socket::INET;
use Socket qw( IPPROTO_TCP TCP_NODELAY );


# the bytes of a request; wrk is given the same

sub request {
    my ($path, $token) = @_;

    return "GET $path HTTP/1.1\r\nHost: api.example.com\r\n"
           . (defined $token ? "Authorization: Bearer $token\r\n" : '')
           . "\r\n";
}


sub new {
    my ($class, $port) = @_;

    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $port, Timeout => 60)
        or die "127.0.0.1:$port: $@\n";

    $socket->setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);

    return bless { socket => $socket, buffer => '' }, $class;
}


# { status, head, body }

sub send {
    my ($self, $request) = @_;

    my $socket = $self->{socket};
    my $buffer = \$self->{buffer};

    local $SIG{ALRM} = sub { die "no answer within a minute\n" };
    alarm 60;

    syswrite($socket, $request) == length $request or die "not sent: $!\n";

    my $more = sub {
        sysread($socket, $$buffer, 65536, length $$buffer)
            or die "the connection was closed\n";
    };

    my $end;

    $more->() while ($end = index $$buffer, "\r\n\r\n") < 0;

    my $head = substr $$buffer, 0, $end + 4, '';
    my ($status) = $head =~ m{^HTTP/1\.1 (\d+)} or die "no HTTP: $head\n";
    my ($length) = $head =~ /^Content-Length: (\d+)/mi
        or die "no length: $head\n";

    $more->() while length $$buffer < $length;

    alarm 0;

    return { status => $status, head => $head,
             body => substr $$buffer, 0, $length, '' };
}


sub get {
    my ($self, $path, $token) = @_;

    return $self->send(request($path, $token));
}


1;
