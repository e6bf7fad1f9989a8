package Bench::Server;

# nginx with the module, and with the same locations wherever it is started:
#
#     /bare              empty_gif
#     /token             the same behind actor_token
#     /check             the same, and what the module says of it
#     /actors            like /token, with 10,000 exact actors
#     /missing /invalid  answer what the module answers without a token, and
#                        with one that is worth nothing
#     /status            stub_status
#
# The content is empty_gif, since "return" answers before the access phase.

use v5.10.1;
use strict;
use warnings;

use Cwd qw( abs_path );
use File::Basename qw( dirname );
use File::Path qw( make_path remove_tree );
use IO::Socket::INET;
use POSIX qw( WNOHANG );
use Time::HiRes qw( sleep time );

use ActorToken::Mint ();
use Bench::Client;
use Bench::Machine;
use Bench::Tokens;

my $Top = abs_path(dirname(__FILE__) . '/../../..');
my $Folder = "$Top/build/bench";
my $Module = $ENV{ACTOR_TOKEN_MODULE}
             || "$Top/build/ngx_http_actor_token_module.so";
my $Nginx = $ENV{NGX_BIN} || 'nginx';
my $Port = $ENV{BENCH_PORT} || 8990;

my $Policy = <<'_EOC_';
            actor_token           api;
            actor_token_audience  https://api.example.com;
            actor_token_tenant    acme;
            actor_token_scope     tickets:read;
            actor_token_trust     any;
_EOC_

my $Issuer = <<'_EOC_';
    actor_token_issuer acme {
        issuer      https://login.acme.example;
        algorithms  RS256 RS512 PS256 ES256 ES512 EdDSA HS256;
        jwks        ../keys/public.jwks;
        key         ../keys/shared.secret alg=HS256 kid=hs256-1;
        tenant      acme;
    }
_EOC_

my %Running;


sub folder { return $Folder }

sub top { return $Top }

sub issuer { return $Issuer }

sub policy { return $Policy }


sub write_file {
    my ($path, $text, $mode) = @_;

    make_path(dirname($path));
    unlink $path;

    open my $fh, '>', $path or die "$path: $!\n";
    print $fh $text;
    close $fh or die "$path: $!\n";

    chmod $mode // 0644, $path or die "$path: $!\n";
}


# What has to be there before any server; keys are new ones each time.

sub prepare {
    system("cd '$Top' && .ci/packages bench") == 0 or exit 1;

    -f $Module || $ENV{ACTOR_TOKEN_STATIC}
        or die "there is no $Module: make builds it\n";

    my %public = map { $_ => 1 } map { Bench::Tokens::key_name($_) }
                 grep { !/^HS/ } Bench::Tokens::algorithms(),
                                 Bench::Tokens::heavy();

    write_file("$Folder/keys/public.jwks",
               ActorToken::Mint::jwks(sort keys %public));
    write_file("$Folder/keys/shared.secret",
               Bench::Tokens::key_file('HS256'));
}


# new('name', cache => '8m', issuers => 'blocks', actors => 10_000, main => '',
#     workers => 1, locations => '')

sub new {
    my ($class, $name, %o) = @_;

    my $self = bless { name => $name, port => $Port++,
                       folder => "$Folder/$name",
                       workers => $o{workers} // 1 }, $class;

    remove_tree($self->{folder});
    make_path("$self->{folder}/temp");

    write_file("$self->{folder}/actors.conf", join '',
               map { "actor_token_actors iss=https://login.acme.example "
                     . "svc:$_;\n" } 2 .. $o{actors} // 10_000, 'support');
    write_file("$self->{folder}/nginx.conf", $self->configuration(%o));

    return $self;
}


sub configuration {
    my ($self, %o) = @_;

    my $load = $ENV{ACTOR_TOKEN_STATIC} ? '' : "load_module $Module;";
    my $user = $> == 0 ? 'user root;' : '';
    my $cache = $o{cache} ? "actor_token_cache $o{cache};" : '';
    my $issuers = $o{issuers} // $Issuer;
    my $seen = knows('$actor_token_cache_status')
               ? 'add_header X-Cache $actor_token_cache_status always;' : '';

    $_ //= '' for @o{qw( main locations )};

    return <<_EOC_;
$load
$user
worker_processes $self->{workers};
pid nginx.pid;
error_log error.log crit;
$o{main}

events {
    worker_connections 1024;
}

http {
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 10m;
    large_client_header_buffers 4 16k;

    client_body_temp_path temp/body;
    proxy_temp_path temp/proxy;
    fastcgi_temp_path temp/fastcgi;
    uwsgi_temp_path temp/uwsgi;
    scgi_temp_path temp/scgi;

    $cache
$issuers
    server {
        listen 127.0.0.1:$self->{port} reuseport;

        location = /bare {
            empty_gif;
        }

        location = /token {
$Policy
            actor_token_actors    iss=https://login.acme.example svc:support;
            empty_gif;
        }

        location = /check {
$Policy
            actor_token_actors    iss=https://login.acme.example svc:support;
            add_header            X-Reason \$actor_token_reason always;
            $seen
            empty_gif;
        }

        location = /actors {
$Policy
            include               actors.conf;
            empty_gif;
        }

        location = /missing {
            add_header WWW-Authenticate 'Bearer realm="api"' always;
            return 401;
        }

        location = /invalid {
            add_header WWW-Authenticate
                       'Bearer realm="api", error="invalid_token"' always;
            return 401;
        }

        location = /status {
            stub_status;
        }

        $o{locations}
    }
}
_EOC_
}


# Whether the module has this directive, with its arguments, or this variable.

my %Known;

sub knows {
    my ($what) = @_;

    return $Known{$what} if defined $Known{$what};

    my $load = $ENV{ACTOR_TOKEN_STATIC} ? '' : "load_module $Module;";
    my $line = $what =~ /^\$/ ? "add_header X-Test $what;" : "$what;";

    write_file("$Folder/knows/nginx.conf",
               "$load\nerror_log error.log;\npid nginx.pid;\n"
               . "events { }\nhttp { $line }\n");

    my $rc = system("'$Nginx' -t -p '$Folder/knows/' -c nginx.conf "
                    . "-e error.log >'$Folder/knows/out' 2>&1");

    return $Known{$what} = $rc == 0 ? 1 : 0;
}


# In the foreground, as a child of ours; "single" is one process for all, which
# valgrind wants.

sub start {
    my ($self, %o) = @_;

    my $global = 'daemon off;' . ($o{single} ? ' master_process off;' : '');
    my @command = (@{ $o{under} // [] }, $Nginx, '-p', "$self->{folder}/",
                   '-c', 'nginx.conf', '-e', 'error.log', '-g', $global);

    my $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        open STDOUT, '>', "$self->{folder}/out";
        open STDERR, '>&', \*STDOUT;
        exec @command or POSIX::_exit(127);
    }

    $self->{pid} = $pid;
    $self->{single} = $o{single};
    $Running{$pid} = $self;

    my $limit = time + 300;

    until ($self->is_ready) {
        die "$self->{name}: @command:\n", $self->read_file('out'), "\n"
            if $self->has_ended || time > $limit;
        sleep 0.02;
    }

    $self->{logged} = length $self->read_file('error.log');

    return $self;
}


sub read_file {
    my ($self, $name) = @_;

    open my $fh, '<', "$self->{folder}/$name" or return '';
    local $/;
    return scalar <$fh>;
}


# The socket is open before there is a worker.

sub is_ready {
    my ($self) = @_;

    my @workers = $self->workers;

    return @workers == $self->{workers}
           && IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                    PeerPort => $self->{port});
}


sub has_ended {
    my ($self) = @_;

    return 0 if waitpid($self->{pid}, WNOHANG) == 0;

    delete $Running{delete $self->{pid}};
    return 1;
}


sub client {
    my ($self) = @_;

    return Bench::Client->new($self->{port});
}


# the processes that serve

sub workers {
    my ($self) = @_;

    return $self->{pid} if $self->{single};

    my @workers;

    for my $stat (glob '/proc/[0-9]*/stat') {
        open my $fh, '<', $stat or next;
        my ($pid, $ppid) = (<$fh> // '') =~ /^(\d+) \(.*\) \S (\d+)/s or next;
        push @workers, $pid
            if $ppid == $self->{pid}
               && Bench::Machine::slurp("/proc/$pid/cmdline")
                  =~ /worker process/;
    }

    return sort { $a <=> $b } @workers;
}


# What nginx has logged, at "crit" or above, since it started.

sub complaints {
    my ($self) = @_;

    return substr $self->read_file('error.log'), $self->{logged}, 1000;
}


sub stop {
    my ($self) = @_;

    my $pid = $self->{pid} // return;
    my $limit = time + 30;

    kill QUIT => $pid;

    until ($self->has_ended) {
        kill KILL => $pid if time > $limit;
        sleep 0.01;
    }
}


END {
    my $status = $?;

    eval { $_->stop } for values %Running;

    $? = $status;
}

$SIG{INT} = $SIG{TERM} = $SIG{HUP} = sub { exit 1 };


1;
