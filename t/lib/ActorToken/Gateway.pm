package ActorToken::Gateway;

# An nginx with a master and workers, in a folder of its own, and a key server
# that answers as it is told, and remembers what it was asked.  For what
# Test::Nginx cannot show: several workers, reloads, requests that wait.
#
#     answer('/keys', body => jwks('one'))    from now on; also status=, type=,
#                                             headers=[...], hang=1, wait=FILE,
#                                             delay=SECONDS
#     publish('/keys', 'one', 'two')          a JWK Set of these keys
#     asked('/keys')                          the requests that came for it
#     my $nginx = gateway(http => ..., workers => 2)
#     $nginx->get('/t', $token)               { status, headers, body, reason,
#                                             worker, seconds }
#     my $socket = $nginx->send('/t', $token); $nginx->receive($socket)
#     $nginx->from_workers(sub { $nginx->get(...) })    from each worker
#
# site() is a configuration for all that: one issuer "acme", whose keys come
# from /keys, and a protected location /t.  It takes more of the issuer, of the
# server and of /t, and other locations.

use v5.10.1;
use strict;
use warnings;

use Cwd ();
use File::Basename ();
use File::Temp ();
use IO::Select ();
use IO::Socket::INET ();
use JSON::PP ();
use POSIX ();
use Time::HiRes qw( sleep time );

use ActorToken::Mint;

use base 'Exporter';

our @EXPORT = qw( answer publish asked origin_port gateway_port scratch touch
                  write_file await gateway site $Show );

our $Show = 'add_header X-Reason $actor_token_reason always;
             add_header X-Subject $actor_token_subject always;
             add_header X-Cache $actor_token_cache_status always;
             add_header X-Worker $pid always;';

my $Top = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/../../..');
my $Static = $ENV{ACTOR_TOKEN_STATIC};
my $Json = JSON::PP->new->canonical->utf8;

my (%Children, $Scratch, $Origin);

# what is left when the test is stopped goes with it

$SIG{$_} = sub { exit 1 } for qw( HUP INT PIPE TERM );


sub gateway_port () {
    return $ENV{TEST_NGINX_PORT} // 1984;
}

sub origin_port () {
    return gateway_port() + 1;
}

sub scratch () {
    $Scratch //= do {
        my $dir = File::Temp::tempdir('keys-XXXXXX', TMPDIR => 1,
                                      CLEANUP => !$ENV{KEEP});
        chmod 0755, $dir;
        mkdir "$dir/$_" for qw( origin conf logs );
        $dir;
    };

    return $Scratch;
}

sub touch ($) {
    write_file(scratch() . "/$_[0]", '');
}

# at once: whoever reads it sees the old or the new

sub write_file ($$) {
    my ($path, $content) = @_;

    open my $fh, '>:raw', "$path.new" or die "$path: $!";
    print $fh $content;
    close $fh or die "$path: $!";
    rename "$path.new", $path or die "$path: $!";
}

sub read_file {
    my ($path, $offset) = @_;

    open my $fh, '<:raw', $path or return '';
    seek $fh, $offset // 0, 0;
    local $/;
    return <$fh> // '';
}

# what the block returns once it is true, or after some seconds

sub await (&;$) {
    my ($code, $seconds) = @_;

    my $deadline = time() + ($seconds // 10);

    while (1) {
        my $value = $code->();
        return $value if $value || time() > $deadline;
        sleep 0.005;
    }
}


# the key server

sub file_of {
    my ($path) = @_;

    return scratch() . '/origin/' . $path =~ s/(\W)/sprintf '%%%02x', ord $1/ger;
}

sub answer ($%) {
    my ($path, %o) = @_;

    write_file(file_of($path), $Json->encode(\%o));
    start_origin();
}

sub publish ($@) {
    my ($path, @names) = @_;

    answer($path, body => jwks(@names));
}

sub asked ($) {
    my ($path) = @_;

    return grep { $_->{path} eq $path }
           map { eval { $Json->decode($_) } || () }
           split /\n/, read_file(scratch() . '/origin.log');
}

sub start_origin {
    return if $Origin;

    my $listen = IO::Socket::INET->new(
        LocalAddr => '127.0.0.1', LocalPort => origin_port(), Listen => 256,
        ReuseAddr => 1) or die "origin: $!";

    my $parent = $$;

    $Origin = fork() // die "fork: $!";

    if ($Origin) {
        $Children{$Origin} = 1;
        return;
    }

    $SIG{CHLD} = 'IGNORE';
    $SIG{PIPE} = 'IGNORE';
    $SIG{TERM} = $SIG{INT} = sub { POSIX::_exit(0) };

    my $select = IO::Select->new($listen);

    while (getppid() == $parent) {
        next unless $select->can_read(1);
        my $client = $listen->accept or next;
        my $child = fork() // POSIX::_exit(1);

        if ($child == 0) {
            close $listen;
            eval { serve($client) };
            POSIX::_exit(0);
        }

        close $client;
    }

    POSIX::_exit(0);
}

sub serve {
    my ($client) = @_;

    my $request = '';

    while ($request !~ /\r\n\r\n/) {
        sysread($client, $request, 4096, length $request) or return;
    }

    my ($uri) = $request =~ m{^\S+ (\S*)};
    my ($path) = $uri =~ /([^?]*)/;

    # a line is written at once, or it would mix with others'

    open my $log, '>>', scratch() . '/origin.log' or return;
    syswrite $log, $Json->encode({ path => $path, uri => $uri,
                                   time => time(), request => $request })
                   . "\n";
    close $log;

    my $o = eval { $Json->decode(read_file(file_of($path))) }
            || { status => 404, body => 'nothing' };

    if ($o->{hang}) {
        my $select = IO::Select->new($client);
        1 until $select->can_read(1) || !-d scratch() . '/origin';
        return;
    }

    sleep $o->{delay} if $o->{delay};

    if (defined $o->{wait}) {
        sleep 0.005 until -f scratch() . "/$o->{wait}"
                          || !-d scratch() . '/origin';

        # what is published by then

        $o = eval { $Json->decode(read_file(file_of($path))) } || $o;
    }

    my $body = $o->{body} // '';

    syswrite $client, join "\r\n",
        'HTTP/1.1 ' . ($o->{status} // 200) . ' Whatever',
        'Connection: close',
        'Content-Type: ' . ($o->{type} // 'application/json'),
        @{ $o->{headers} // [] },
        'Content-Length: ' . length $body, '', $body;
}


# nginx

sub gateway (%) {
    my (%o) = @_;

    my $dir = scratch();
    my $self = bless { dir => $dir, port => gateway_port(), o => \%o },
                     __PACKAGE__;

    $self->configure;

    my $pid = fork() // die "fork: $!";

    if ($pid == 0) {
        exec $self->command, '-g', 'daemon off;' or POSIX::_exit(1);
    }

    $Children{$pid} = 1;
    $self->{pid} = $pid;

    await { -s "$dir/logs/nginx.pid"
            && $self->workers == ($o{workers} // 1)
            && IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                     PeerPort => $self->{port}) }
        or die "nginx does not start:\n", substr $self->log, -2000;

    return $self;
}

# "http" without its servers' listen directives: $LISTEN stands for them

sub configure {
    my ($self, %more) = @_;

    my $o = $self->{o};
    @$o{keys %more} = values %more;

    my $module = $ENV{ACTOR_TOKEN_MODULE}
                 || "$Top/build/ngx_http_actor_token_module.so";
    my $load = $Static ? '' : "load_module $module;";
    my $http = $o->{http};

    $http =~ s/\$LISTEN/listen 127.0.0.1:$self->{port} reuseport/g;
    $http =~ s/\$ORIGIN/127.0.0.1:@{[ origin_port() ]}/g;

    for my $name ($http =~ m{\b(?:jwks|key)\s+([^\s;/"]+\.\w+)}g) {
        my $path = "$self->{dir}/conf/$name";
        next if -e $path;

        my ($content, $mode) = file_for($name);
        write_file($path, $content);
        chmod $mode // 0644, $path;
    }

    write_file("$self->{dir}/conf/nginx.conf", <<"_EOC_");
$load
@{[ $o->{main} // '' ]}
worker_processes @{[ $o->{workers} // 1 ]};
error_log logs/error.log @{[ $o->{level} // 'info' ]};
pid logs/nginx.pid;
events { worker_connections @{[ $o->{connections} // 512 ]}; }
http {
    access_log logs/access.log;
    default_type text/plain;
    client_body_temp_path logs/body;
    proxy_temp_path logs/proxy;
    fastcgi_temp_path logs/fastcgi;
    uwsgi_temp_path logs/uwsgi;
    scgi_temp_path logs/scgi;
$http
}
_EOC_
}

sub site (%) {
    my (%o) = @_;

    my $issuers = $o{issuers} // <<"_EOC_";
    actor_token_issuer acme {
        issuer https://login.acme.example;
        key_request /keys;
        tenant acme;
        @{[ $o{issuer} // '' ]}
    }
_EOC_

    my $keys = $o{keys} // <<'_EOC_';
        location = /keys {
            internal;
            proxy_pass http://$ORIGIN/keys;
        }
_EOC_

    return <<"_EOC_";
@{[ $o{http} // '' ]}
$issuers
    server {
        \$LISTEN;
        server_name localhost;
        actor_token test;
        actor_token_audience https://api.example.com;
        actor_token_tenant acme;
        $Show @{[ $o{show} // '' ]}
        @{[ $o{server} // '' ]}
$keys
        location /t {
            @{[ $o{location} // '' ]}
            root html;
            try_files /none \@ok;
        }

        location \@ok {
            actor_token off;
            $Show @{[ $o{show} // '' ]}
            return 200 "ok\n";
        }
    }
_EOC_
}

sub command {
    my ($self) = @_;

    return ($ENV{TEST_NGINX_BINARY} || $ENV{NGX_BIN} || 'nginx',
            '-p', "$self->{dir}/", '-c', 'conf/nginx.conf',
            '-e', 'logs/error.log');
}

sub log {
    my ($self, $offset) = @_;

    return read_file("$self->{dir}/logs/error.log", $offset);
}

# lines of error.log that match, since the last mark()

sub logged {
    my ($self, $pattern) = @_;

    return grep { /$pattern/ } split /\n/, $self->log($self->{mark});
}

sub mark {
    my ($self) = @_;

    $self->{mark} = -s "$self->{dir}/logs/error.log" || 0;
}

# but for those that are shutting down

sub workers {
    my ($self) = @_;

    return map { /^\s*(\d+) nginx: worker process\s*$/ ? $1 : () }
               `ps -o pid=,args= --ppid $self->{pid} 2>/dev/null`;
}

sub leaving {
    my ($self) = @_;

    return map { /^\s*(\d+) nginx: worker process is shutting down/ ? $1 : () }
               `ps -o pid=,args= --ppid $self->{pid} 2>/dev/null`;
}

sub signal {
    my ($self, $signal) = @_;
    kill $signal, $self->{pid};
}

# with the new configuration, once its workers serve and no other listens

sub reload {
    my ($self, %more) = @_;

    my %old = map { $_ => 1 } $self->workers;

    $self->configure(%more);
    $self->signal('HUP');

    await { my @now = $self->workers;
            @now == ($self->{o}{workers} // 1) && !grep { $old{$_} } @now }
        or die "nginx does not reload:\n", substr $self->log, -2000;
}

# whether it has exited, within some seconds

sub gone {
    my ($self, $seconds) = @_;

    my $gone = await { waitpid($self->{pid}, POSIX::WNOHANG()) == $self->{pid} }
                     $seconds;

    delete $Children{ $self->{pid} } if $gone;
    return $gone;
}

sub stop {
    my ($self, $signal) = @_;

    $self->signal($signal // 'QUIT');
    return $self->gone;
}

sub send {
    my ($self, $uri, $token, @headers) = @_;

    my $socket;

    # the backlog of a worker that has just gone resets

    await { $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                            PeerPort => $self->{port}) } 5
        or die "connect: $!";

    my ($method) = $uri =~ s/^([A-Z]+) // ? $1 : 'GET';

    push @headers, "Authorization: Bearer $token" if defined $token;

    syswrite $socket, join "\r\n", "$method $uri HTTP/1.1",
        'Host: ' . ($self->{host} // 'localhost'), 'Connection: close',
        @headers, '', '';

    return $socket;
}

# what came within some seconds; the status is 0 where nothing did

sub receive {
    my ($self, $socket, $seconds) = @_;

    my $started = time();
    my $deadline = $started + ($seconds // 20);
    my $select = IO::Select->new($socket);
    my $answer = '';

    while ((my $left = $deadline - time()) > 0) {
        $select->can_read($left) or last;
        sysread($socket, $answer, 65536, length $answer) or last;
    }

    my ($head, $body) = split /\r\n\r\n/, $answer, 2;
    my ($status) = ($head // '') =~ m{\AHTTP/1\.1 (\d+)};
    my %headers;

    for (split /\r\n/, $head // '') {
        $headers{lc $1} = $2 if /^([\w-]+):\s*(.*)/;
    }

    return { status => $status // 0, headers => \%headers,
             body => $body // '',
             reason => $headers{'x-reason'} // '',
             cache => $headers{'x-cache'} // '',
             worker => $headers{'x-worker'} // 0,
             seconds => time() - $started };
}

sub get {
    my ($self, $uri, $token, @headers) = @_;

    return $self->receive($self->send($uri, $token, @headers));
}

# an answer from each worker, the first that came from it

sub from_workers {
    my ($self, $code) = @_;

    my %answers;
    my $count = $self->{o}{workers} // 1;

    await { my $answer = $code->();
            $answers{ $answer->{worker} } //= $answer;
            keys %answers == $count } 20
        or die "not all workers answer";

    return map { $answers{$_} } sort keys %answers;
}


END {
    local $?;
    kill TERM => keys %Children;
    waitpid $_, 0 for keys %Children;
}


1;
