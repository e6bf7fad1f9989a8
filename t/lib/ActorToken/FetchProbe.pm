package ActorToken::FetchProbe;

# Fetches without the issuers that need them: a module for tests alone, in
# t/lib/fetch-probe, has a directive that starts some and shows what came.
# Loaded after Test::Nginx::ActorToken, it changes its defaults: no token is
# sent, no verdict expected, and the module is loaded.
#
# origin() starts a server that answers as its URI says, and returns its port.
#
#     status=404      another status
#     body=TEXT       the body; length=N is as many "x", echo= the request
#     chunked=1       in chunks; eof=1 with nothing that says how long it is
#     header=NAME:VALUE, type=TYPE
#     cut=N           breaks off after as many bytes of the body
#     drip=MS         ten pieces of the body with as many ms between them
#     wait=FILE       answers once there is such a file in the scratch folder
#     hang=1          never answers
#
# nginx() runs one with a master and its own folder, nginx_says() returns what
# "nginx -t" prints.

use v5.10.1;
use strict;
use warnings;

use Cwd ();
use File::Basename ();
use File::Path ();
use File::Temp ();
use IO::Select ();
use IO::Socket::INET ();
use POSIX ();
use Time::HiRes qw( sleep time );

use base 'Exporter';

our @EXPORT = qw( origin origin_port scratch touch await http_get nginx
                  nginx_says probe_modules );

my $Top = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/../../..');
my $Static = $ENV{ACTOR_TOKEN_STATIC};

my (%Children, $Scratch);


sub scratch () {
    $Scratch //= do {
        my $dir = File::Temp::tempdir('fetch-XXXXXX', TMPDIR => 1,
                                      CLEANUP => 1);
        chmod 0755, $dir;
        $dir;
    };

    return $Scratch;
}

sub touch ($) {
    my ($name) = @_;

    open my $fh, '>', scratch() . "/$name" or die "$name: $!";
    close $fh;
}

# what a function returns once it is true, or after $seconds

sub await (&;$) {
    my ($code, $seconds) = @_;

    my $deadline = time() + ($seconds // 10);

    while (1) {
        my $value = $code->();
        return $value if $value || time() > $deadline;
        sleep 0.005;
    }
}


# the module, compiled against what the actor token module was

sub probe_modules () {
    return '' if $Static;

    my $dir = "$Top/t/lib/fetch-probe";
    my $module = "$Top/build/ngx_http_fetch_probe_module.so";
    my $actor = $ENV{ACTOR_TOKEN_MODULE}
                || "$Top/build/ngx_http_actor_token_module.so";
    my @sources = ("$dir/ngx_http_fetch_probe_module.c", glob("$Top/src/*.h"),
                   "$Top/build/objs/ngx_auto_config.h");

    if (!-f $module || grep { -M $_ < -M $module } @sources) {
        my $nginx = "$Top/build/nginx/src";
        my @includes = grep { -d } map { "$nginx/$_" } qw(
            core event event/modules event/quic os/unix http http/modules
            http/v2 http/v3);
        my @command = ($ENV{CC} || 'cc', qw( -shared -fPIC -W -Wall -Werror
                       -Wno-unused-parameter -DFETCH_PROBE_DYNAMIC ),
                       (map { "-I$_" } @includes, "$Top/build/objs",
                                       "$Top/src"),
                       '-o', "$module.$$", $sources[0]);

        system(@command) == 0 or die "@command failed\n";
        rename "$module.$$", $module or die "$module: $!";
    }

    return $module;
}

sub load_probe () {
    my $module = probe_modules();
    return $module eq '' ? '' : "load_module $module;\n";
}

# preprocessors run in the reverse order of their making: before the harness's

if (defined &main::add_block_preprocessor) {
    main::add_block_preprocessor(sub {
        my ($block) = @_;

        my $main = $block->main_config // '';
        $block->set_value('main_config', load_probe() . $main)
            if defined $block->config;

        $block->set_value('no_token', '') if !defined $block->claims;
        $block->set_value('reason', '-') if !defined $block->reason;
        $block->set_value('no_probe', '') if !defined $block->vars;
    });
}


# the origin

sub origin_port () {
    return ($ENV{TEST_NGINX_PORT} // 1984) + 1;
}

sub origin () {
    my $listen = IO::Socket::INET->new(
        LocalAddr => '127.0.0.1', LocalPort => origin_port(), Listen => 256,
        ReuseAddr => 1) or die "origin: $!";

    scratch();

    my $pid = fork() // die "fork: $!";

    if ($pid) {
        $Children{$pid} = 1;
        return origin_port();
    }

    # whoever reads the test's output must not wait for the origin

    open STDOUT, '>', '/dev/null';

    $SIG{CHLD} = 'IGNORE';
    $SIG{PIPE} = 'IGNORE';
    $SIG{TERM} = $SIG{INT} = sub { POSIX::_exit(0) };

    while (1) {
        my $client = $listen->accept or next;
        my $child = fork() // POSIX::_exit(1);

        if ($child == 0) {
            close $listen;
            eval { serve($client) };
            POSIX::_exit(0);
        }

        close $client;
    }
}

sub serve {
    my ($client) = @_;

    $client->autoflush(1);

    my $request = '';

    while ($request !~ /\r\n\r\n\z/) {
        sysread($client, $request, 4096, length $request) or return;
    }

    my ($query) = $request =~ m{^\S+ [^ ?]*\?(\S*)};
    my (%o, @headers);

    for (split /&/, $query // '') {
        my ($name, $value) = split /=/, $_, 2;
        $value = ($value // '') =~ s/%([0-9a-fA-F]{2})/chr hex $1/ger;

        if ($name eq 'header') {
            push @headers, $value =~ s/:/: /r;

        } else {
            $o{$name} = $value;
        }
    }

    # the other side closes

    if ($o{hang}) {
        sysread $client, my $byte, 1;
        return;
    }

    if (defined $o{wait}) {
        until (-f scratch() . "/$o{wait}") {
            return if IO::Select->new($client)->can_read(0.005);
        }
    }

    my $body = defined $o{length} ? 'x' x $o{length}
             : defined $o{echo}   ? $request
             : $o{body} // '{"keys":[]}';

    my $send = defined $o{cut} ? substr $body, 0, $o{cut} : $body;
    my $size = $o{drip} ? int(length($send) / 10) || 1 : 65536;

    print $client 'HTTP/1.1 ', $o{status} // 200, " Whatever\r\n",
          "Connection: close\r\n",
          'Content-Type: ', $o{type} // 'application/json', "\r\n",
          (map { "$_\r\n" } @headers),
          $o{chunked} ? "Transfer-Encoding: chunked\r\n"
          : $o{eof}   ? ''
          : 'Content-Length: ' . length($body) . "\r\n", "\r\n";

    for (my $i = 0; $i < length $send; $i += $size) {
        my $piece = substr $send, $i, $size;

        $piece = sprintf("%x\r\n%s\r\n", length $piece, $piece)
            if $o{chunked};

        print $client $piece or return;
        sleep $o{drip} / 1000 if $o{drip};
    }

    print $client "0\r\n\r\n" if $o{chunked} && !defined $o{cut};
}


# one GET of the simplest kind: what came, or what came within $seconds

sub http_get ($$;$) {
    my ($port, $uri, $seconds) = @_;

    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $port)
        or return '';

    print $socket "GET $uri HTTP/1.0\r\nHost: localhost\r\n\r\n";

    my $answer = '';

    eval {
        local $SIG{ALRM} = sub { die };
        Time::HiRes::alarm($seconds // 10);
        1 while sysread $socket, $answer, 65536, length $answer;
        Time::HiRes::alarm(0);
    };

    return $answer;
}


# An nginx with a master process, in a folder of its own.

sub new {
    my ($class, %o) = @_;

    my $self = bless { dir => scratch() . '/nginx', %o }, $class;

    mkdir $self->{dir};
    mkdir "$self->{dir}/$_" for qw( conf logs );

    return $self;
}

sub nginx_says ($) {
    my ($http) = @_;

    my $self = __PACKAGE__->new;

    $self->configure($http);

    my @command = $self->command;
    return `@command -t 2>&1`;
}

sub nginx ($$;%) {
    my ($port, $http, %o) = @_;

    my $self = __PACKAGE__->new(port => $port, %o);

    $self->configure($http);

    my $pid = fork() // die "fork: $!";

    if ($pid == 0) {
        exec $self->command, '-g', 'daemon off;' or POSIX::_exit(1);
    }

    $Children{$pid} = 1;
    $self->{pid} = $pid;

    await { $self->workers
            && IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                     PeerPort => $port) }
        or die "nginx does not start:\n", $self->log;

    return $self;
}

sub configure {
    my ($self, $http) = @_;

    my $actor = $ENV{ACTOR_TOKEN_MODULE}
                || "$Top/build/ngx_http_actor_token_module.so";
    my $load = $Static ? '' : "load_module $actor;\n" . load_probe();

    open my $fh, '>', "$self->{dir}/conf/nginx.conf" or die $!;
    print $fh <<"_EOC_";
$load
@{[ $self->{main} // '' ]}
worker_processes 1;
error_log logs/error.log info;
pid logs/nginx.pid;
events { worker_connections @{[ $self->{connections} // 256 ]}; }
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
    close $fh;
}

sub command {
    my ($self) = @_;

    return ($ENV{TEST_NGINX_BINARY} || $ENV{NGX_BIN} || 'nginx',
            '-p', "$self->{dir}/", '-c', 'conf/nginx.conf',
            '-e', 'logs/error.log');
}

sub log {
    my ($self) = @_;

    open my $fh, '<', "$self->{dir}/logs/error.log" or return '';
    local $/;
    return <$fh> // '';
}

sub workers {
    my ($self) = @_;

    return map { /^\s*(\d+)/ ? $1 : () }
               `ps -o pid= --ppid $self->{pid} 2>/dev/null`;
}

sub signal {
    my ($self, $signal) = @_;
    kill $signal, $self->{pid};
}

# whether it has exited, within $seconds

sub gone {
    my ($self, $seconds) = @_;

    my $gone = await { waitpid($self->{pid}, POSIX::WNOHANG()) == $self->{pid} }
                     $seconds;

    delete $Children{ $self->{pid} } if $gone;
    return $gone;
}


END {
    local $?;
    kill TERM => keys %Children;
    waitpid $_, 0 for keys %Children;
}


1;
