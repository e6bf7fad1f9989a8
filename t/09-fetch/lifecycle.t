# Workers that end while they fetch: by a reload, by a signal, or killed.

use lib 't/lib';
use v5.10.1;
use strict;
use warnings;

use IO::Socket::INET ();
use Test::More;
use ActorToken::FetchProbe;

my $port = $ENV{TEST_NGINX_PORT} // 1984;
my $origin = origin();

my $config = <<"_EOC_";
server {
    listen 127.0.0.1:$port;
    location = /keys {
        internal;
        proxy_pass http://127.0.0.1:$origin;
        proxy_read_timeout 60s;
    }
    location = /fallback {
        internal;
        proxy_pass http://127.0.0.1:1;
        error_page 502 = \@other;
    }
    location \@other {
        proxy_pass http://127.0.0.1:$origin;
        proxy_read_timeout 60s;
    }
    location = /one { fetch_probe /keys; }
    location = /hangs { fetch_probe /keys?hang=1 limit=60s count=5 detached; }
    location = /awaited {
        fetch_probe /keys?wait=awaited limit=60s count=5 awaited;
    }
    location = /falls {
        fetch_probe /fallback?hang=1 limit=60s count=5 detached;
    }
    location = /limited {
        fetch_probe /keys?hang=1 limit=1s count=5 awaited detached;
    }
    location = /status { stub_status; }
}
_EOC_

my $has_status = (nginx_says($config) !~ /unknown directive "stub_status"/);
$config =~ s/stub_status;/return 200;/ if !$has_status;

my $good = qq{status=200 max_age=-1 length=11 error="" body={"keys":[]}\n};
my $down = qr/probe: status=0 .* error="the worker is shutting down"/;

my $nginx;
my $seen = 0;

sub body {
    return $_[0] =~ s/\A.*?\r\n\r\n//sr;
}

sub logged {
    my ($pattern, $n) = @_;

    my @lines;

    await {
        @lines = grep { /$pattern/ } split /\n/, substr $nginx->log, $seen;
        @lines >= $n;
    };

    return scalar @lines;
}

sub run {
    my (%o) = @_;

    $seen = 0;
    unlink scratch() . '/nginx/logs/error.log';
    $nginx = nginx($port, ($o{http} // '') . $config, main => $o{main});
}

# that a detached fetch is on its way: its upstream's connection is there

sub on_its_way {
    my ($uri, $n) = @_;

    my ($worker) = $nginx->workers;
    my $sockets = sub {
        scalar grep { (readlink($_) // '') =~ /^socket:/ }
               glob "/proc/$worker/fd/*";
    };
    my $before = $sockets->();

    http_get($port, $uri);
    await { $sockets->() >= $before + 2 * $n };
}

sub connected {
    my ($uri) = @_;

    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $port) or die $!;
    print $socket "GET $uri HTTP/1.0\r\nHost: localhost\r\n\r\n";
    return $socket;
}

sub rest {
    my ($socket) = @_;

    my $text = '';
    1 while sysread $socket, $text, 65536, length $text;
    return $text;
}

sub well {
    my ($name) = @_;

    my $log = substr $nginx->log, $seen;

    unlike($log, qr/\[(?:alert|crit|emerg)\]|open socket|exited on signal
                    |Sanitizer|runtime[ ]error/x, "$name - log");
}

sub stop {
    my ($name) = @_;

    $nginx->signal('TERM');
    ok($nginx->gone(5), "$name - it ends");
    well($name);
}


# a reload: what nobody waits for ends, and with it the old worker

run();

for my $uri ('/hangs', '/falls') {
    on_its_way($uri, 5);

    my ($old) = $nginx->workers;

    $nginx->signal('HUP');
    ok((await { !kill 0, $old } 5), "reload, $uri - the old worker ends");
    is(body(http_get($port, '/one')), $good, "reload, $uri - the new one");
}

is(logged($down, 5), 5, 'reload - the fetches are told');
well('reload');


# what somebody waits for goes on

{
    my $client = connected('/awaited');
    await { scalar(() = `ss -Htn dst 127.0.0.1:$origin` =~ /\n/g) >= 5 } 1;

    my ($old) = $nginx->workers;

    $nginx->signal('HUP');
    await { my @workers = $nginx->workers; @workers == 2 };
    ok(kill(0, $old), 'awaited - the old worker stays');
    is(body(http_get($port, '/one')), $good, 'awaited - the new one');

    touch('awaited');
    is(body(rest($client)), $good x 5, 'awaited - the answers come');
    ok((await { !kill 0, $old } 5), 'awaited - and the old worker ends');
    unlink scratch() . '/awaited';
}

# but not for longer than it may take

on_its_way('/limited', 5);

{
    my ($old) = $nginx->workers;

    $nginx->signal('HUP');
    is(logged(qr/error="it took over 1 s"/, 5), 5, 'limited - is over');
    ok((await { !kill 0, $old } 5), 'limited - and the old worker ends');
}

stop('reload');


# quit

for my $uri ('/hangs', '/falls') {
    run();
    on_its_way($uri, 5);
    $nginx->signal('QUIT');
    ok($nginx->gone(5), "quit, $uri - it ends");
    well("quit, $uri");
}

run(main => 'worker_shutdown_timeout 1s;');

{
    my $client = connected('/awaited');
    my ($worker) = $nginx->workers;

    await { scalar(() = glob "/proc/$worker/fd/*") >= 20 } 1;

    $nginx->signal('QUIT');
    ok($nginx->gone(5), 'quit, awaited - it ends by worker_shutdown_timeout');
    rest($client);
    is(logged($down, 5), 5, 'quit, awaited - the fetches are told');
    well('quit, awaited');
}


# stop

run();
on_its_way('/hangs', 5);
stop('stop');


# killed

run();
on_its_way('/hangs', 5);

{
    my ($old) = $nginx->workers;

    kill KILL => $old;
    await { my ($new) = $nginx->workers; $new && $new != $old };
    is(body(http_get($port, '/one')), $good, 'killed - another takes over');

    SKIP: {
        skip 'no stub_status', 1 if !$has_status;

        like(body(http_get($port, '/status')),
             qr/^Active connections: 1 \n.*^Reading: 0 Writing: 1 Waiting: 0/ms,
             'killed - counters');
    }

    # the master says that it was

    like(substr($nginx->log, $seen), qr/\[alert\].*exited on signal 9/,
         'killed - it was');
    $seen = length $nginx->log;
}

stop('killed');

done_testing();
