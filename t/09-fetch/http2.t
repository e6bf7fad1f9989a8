# Fetches that streams of HTTP/2 wait for.

use lib 't/lib';
use v5.10.1;
use strict;
use warnings;

use POSIX ();
use Test::More;
use ActorToken::FetchProbe;

my $port = $ENV{TEST_NGINX_PORT} // 1984;
my $origin = origin();
my $dir = scratch();

# curl takes streams in parallel only with TLS

system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
       . " -subj /CN=localhost -days 2 -keyout $dir/x.key -out $dir/x.crt"
       . " >/dev/null 2>&1") == 0 or die 'openssl failed';

my $config = <<"_EOC_";
server {
    listen 127.0.0.1:$port ssl http2;
    ssl_certificate $dir/x.crt;
    ssl_certificate_key $dir/x.key;
    location = /keys {
        internal;
        proxy_pass http://127.0.0.1:$origin;
    }
    location = /echo {
        internal;
        return 200 "\$server_protocol|\$http2|\$http_x_client|\$http_cookie|\$host";
    }
    location = /waits { fetch_probe /keys?wait=streams limit=30s; }
    location = /leaves { fetch_probe /keys?wait=left limit=30s; }
    location = /nobody { fetch_probe /echo; }
}
server {
    listen 127.0.0.1:@{[ $port + 2 ]};
    location / { return 200 alive; }
}
_EOC_

if (nginx_says($config) =~ /the "(http2|ssl)" parameter requires/) {
    plan(skip_all => "nginx without $1");
}

my $nginx = nginx($port + 2, $config);
my $curl = 'curl -sSk --max-time 20 --http2 -H X-Client:x -b client=1';
my $url = "https://127.0.0.1:$port";
my $good = qq{status=200 max_age=-1 length=11 error="" body={"keys":[]}\n};

sub logged {
    my ($pattern, $n) = @_;

    my @lines;

    await {
        @lines = grep { /$pattern/ } split /\n/, $nginx->log;
        @lines >= $n;
    };

    return scalar @lines;
}

# descriptors of the worker beside those of a client

sub upstreams {
    my ($worker) = $nginx->workers;
    return scalar grep { (readlink($_) // '') =~ /^socket:/ }
                  glob "/proc/$worker/fd/*";
}

# those of a worker that serves, and has no client

http_get($port + 2, '/') =~ /alive/ or die 'nginx does not serve';

my $sockets = 0;

await {
    my $before = $sockets;
    $sockets = upstreams();
    select undef, undef, undef, 0.05;
    $sockets && $before == $sockets;
};


is(`$curl $url/nobody`,
   qq{status=200 max_age=-1 length=21 error="" body=HTTP/1.1||||localhost\n},
   'nothing of a stream is in it');

await { upstreams() == $sockets };


# many streams of one connection

{
    my @urls = ("$url/waits") x 30;

    open my $client, '-|', "$curl -Z @urls 2>/dev/null" or die $!;
    await { upstreams() >= $sockets + 61 };

    is(http_get($port + 2, '/') =~ s/.*\r\n//sr, 'alive', 'nobody is held up');

    touch('streams');
    is(join('', <$client>), $good x 30, 'all streams are answered');
}

is(await { upstreams() == $sockets } || upstreams(), 1, 'all is closed');


# a client that leaves with its streams

{
    my @urls = ("$url/leaves") x 10;

    my $pid = fork() // die $!;

    if ($pid == 0) {
        open STDOUT, '>', '/dev/null';
        open STDERR, '>', '/dev/null';
        exec split(' ', $curl), '-Z', @urls or POSIX::_exit(1);
    }

    await { upstreams() >= $sockets + 21 };
    kill KILL => $pid;
    waitpid $pid, 0;

    is(logged(qr/probe: client has left/, 10), 10, 'the client has left');

    touch('left');
    is(logged(qr/probe: status=200 .* error="" body=\{"keys":\[\]\}/, 40), 40,
       'and the fetches end');
}

is(await { upstreams() == $sockets } || upstreams(), 1, 'all is closed again');

$nginx->signal('QUIT');
ok($nginx->gone(10), 'it ends');
unlike($nginx->log, qr/\[(?:alert|crit|emerg)\]|open socket|Sanitizer
                       |runtime[ ]error/x, 'nothing worse in the log');

done_testing();
