# Many fetches at once, for clients that wait, that leave, and that do not
# care; nothing is left of any.

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
    }
    location = /many { fetch_probe /keys?wait=many count=100 limit=30s; }
    location = /one { fetch_probe /keys; }
    location = /stays { fetch_probe /keys?wait=stays limit=30s; }
    location = /cancelled {
        fetch_probe /keys?hang=1 count=10 limit=30s cancel=leave;
    }
    location = /never { fetch_probe /keys count=10 cancel=now; }
    location = /detached {
        fetch_probe /keys?wait=detached count=3 limit=30s detached;
    }
    location = /full { fetch_probe /keys?wait=full count=1000 limit=30s; }
    location = /status { stub_status; }
}
_EOC_

# an nginx without the module has no counters to be wrong

my $has_status = (nginx_says($config) !~ /unknown directive "stub_status"/);
$config =~ s/stub_status;/return 200;/ if !$has_status;

my $nginx = nginx($port, $config);
my $good = qq{status=200 max_age=-1 length=11 error="" body={"keys":[]}\n};

sub body {
    return $_[0] =~ s/\A.*?\r\n\r\n//sr;
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

# lines of the log since the last call, once there are $n such

my $seen = 0;

sub logged {
    my ($pattern, $n) = @_;

    my @lines;

    await {
        @lines = grep { /$pattern/ } split /\n/, substr $nginx->log, $seen;
        @lines >= $n;
    };

    $seen = length $nginx->log;
    return scalar @lines;
}

# descriptors of the worker, and what nginx has counted

my $requests = 0;

sub status {
    return body(http_get($port, '/status'));
}

sub descriptors {
    my ($worker) = $nginx->workers;
    opendir my $dir, "/proc/$worker/fd" or return 0;
    return scalar grep { !/^\./ } readdir $dir;
}

sub all_free {
    my ($name, $expected) = @_;

    is(await { descriptors() == $expected } || descriptors(), 1,
       "$name - descriptors are closed");

    SKIP: {
        skip 'no stub_status', 1 if !$has_status;

        # the one of this request; a client's connection may be closing

        my $idle = "Active connections: 1 \nserver accepts handled requests\n"
                   . ' \d+ \d+ (\d+) ' . "\nReading: 0 Writing: 1 Waiting: 0 ";
        my $text;

        await { ($text = status()) =~ /$idle/ };
        like($text, qr/$idle/, "$name - counters");
    }
}

http_get($port, '/one');
my $descriptors = descriptors();


# a hundred, of which nobody counts as a client

{
    my $client = connected('/many');

    await { descriptors() >= $descriptors + 201 };

    SKIP: {
        skip 'no stub_status', 2 if !$has_status;

        my $text = status();
        like($text, qr/^Active connections: 2 /, 'many - clients');
        like($text, qr/^Reading: 0 Writing: 2 Waiting: 0 /m, 'many - requests');
    }

    is(body(http_get($port, '/one')), $good, 'many - another passes');

    touch('many');
    is(body(rest($client)), $good x 100, 'many - all have come');
    all_free('many', $descriptors);
}


# requests are counted as they are sent

SKIP: {
    skip 'no stub_status', 1 if !$has_status;

    my ($before) = status() =~ /^ \d+ \d+ (\d+) $/m;
    http_get($port, '/one');
    my ($after) = status() =~ /^ \d+ \d+ (\d+) $/m;
    is($after - $before, 2, 'requests');
}


# the client leaves, the fetch does not

{
    my $client = connected('/stays');

    await { descriptors() >= $descriptors + 3 };
    $seen = length $nginx->log;

    close $client;
    is(logged(qr/probe: client has left/, 1), 1, 'stays - the client has left');

    touch('stays');
    is(logged(qr/probe: status=200 .* error="" body=\{"keys":\[\]\}/, 1), 1,
       'stays - the fetch has not');
    all_free('stays', $descriptors);
}


# cancelled because of that

{
    my $client = connected('/cancelled');

    await { descriptors() >= $descriptors + 21 };
    $seen = length $nginx->log;

    close $client;
    is(logged(qr/probe: client has left/, 1), 1,
       'cancelled - the client has left');
    all_free('cancelled', $descriptors);
    is(logged(qr/probe: status=/, 0), 0, 'cancelled - no answer');
}


# cancelled before it has begun

is(body(http_get($port, '/never')), "started\n", 'never - started');
all_free('never', $descriptors);
is(logged(qr/probe: status=/, 0), 0, 'never - no answer');


# nobody is held up

is(body(http_get($port, '/detached', 2)), "started\n", 'detached - answered');
touch('detached');
is(logged(qr/probe: status=200/, 3), 3, 'detached - all have come');
all_free('detached', $descriptors);

unlike($nginx->log, qr/\[(?:alert|crit|emerg)\]|Sanitizer|runtime error/,
       'nothing worse in the log');


# until there is no connection left

{
    my $client = connected('/full');

    is(logged(qr/probe: started \d+ of 1000/, 1), 1, 'full - some are started');

    my ($started) = $nginx->log =~ /probe: started (\d+) of 1000/;
    cmp_ok($started, '>', 100, 'full - as many as can be');

    like($nginx->log, qr/worker_connections are not enough/,
         'full - nginx says why');
    like($nginx->log,
         qr/\[error\] .*could not start to fetch keys of issuer "probe"/,
         'full - and what not');

    touch('full');

    # some had no connection left for their upstream

    my @lines = split /\n/, body(rest($client));
    is(scalar @lines, $started, 'full - each started one has ended');
    is(scalar(grep { !/ body=\{"keys":\[\]\}$|the location answered 50\d"$/ }
              @lines), 0, 'full - with an answer or a reason');

    is(body(http_get($port, '/one')), $good, 'full - and it goes on');
    all_free('full', $descriptors);
}

unlike($nginx->log,
       qr/\[(?:crit|emerg)\]|Sanitizer|runtime error|exited on signal/,
       'nothing worse in the log');

$nginx->signal('QUIT');
ok($nginx->gone(10), 'it ends');
unlike($nginx->log, qr/open socket/, 'and leaves nothing open');

done_testing();
