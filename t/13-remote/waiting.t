# Requests that wait for keys: many, left by their clients, in a worker that
# is killed, over HTTP/2; and those that never wait.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use File::Temp ();
use Test::More;
use Time::HiRes qw( sleep time );

use ActorToken::Gateway;
use ActorToken::Mint;

my $has_http2 = `@{[ $ENV{TEST_NGINX_BINARY} || 'nginx' ]} -V 2>&1`
                =~ /--with-http_v2_module/;
my $has_auth_request = `@{[ $ENV{TEST_NGINX_BINARY} || 'nginx' ]} -V 2>&1`
                       =~ /--with-http_auth_request_module/;

my $http2_port = gateway_port() + 2;
my $http2 = $has_http2 ? "server {
    listen 127.0.0.1:$http2_port http2;
    actor_token test;
    actor_token_audience https://api.example.com;
    actor_token_tenant acme;
    location /t {
        root html;
        try_files /none \@ok;
    }
    location \@ok {
        actor_token off;
        return 200 ok;
    }
}" : '';

my $token = token(signer => 'one');
my ($nginx, $n);

# a configuration whose keys nobody has yet, and a key server that waits

sub fresh {
    my (%o) = @_;

    my $path = '/keys' . ++$n;

    answer($path, wait => "release$n");

    my $site = site(issuers => "actor_token_issuer acme {
            issuer https://login.acme.example;
            key_request $path;
            key_timeout 15s;
            key_refetch 1s;
            tenant acme;
        }", keys => "location = $path {
            internal;
            proxy_pass http://\$ORIGIN$path;
        }", http => $http2, %o);

    if ($nginx) {
        $nginx->mark;
        $nginx->reload(http => $site);

    } else {
        $nginx = gateway(http => $site, workers => 2, connections => 2000);
    }

    await { asked($path) };

    return $path;
}

sub release {
    my ($path) = @_;

    publish($path, 'one');
    touch("release$n");
}

sub nothing_bad {
    is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg)\]/)], [],
              'nothing bad is logged');
}


# many

my $path = fresh();
my @waiting = map { $nginx->send('/t', $token) } 1 .. 300;

sleep 0.3;
release($path);

my %reasons;
$reasons{ $nginx->receive($_)->{reason} }++ for @waiting;

is_deeply(\%reasons, { ok => 300 }, '300 requests in two workers');
is(scalar asked($path), 1, 'share one fetch');
nothing_bad();


# clients that leave, and then all but one

$path = fresh();
@waiting = map { $nginx->send('/t', $token) } 1 .. 100;
sleep 0.3;

my $stays = pop @waiting;
close $_ for @waiting;

sleep 0.2;
release($path);

is($nginx->receive($stays)->{reason}, 'ok', 'who stays is answered');
is(scalar asked($path), 1, 'by the same fetch');
nothing_bad();

$path = fresh();
close $_ for map { $nginx->send('/t', $token) } 1 .. 50;
sleep 0.3;
release($path);

ok(await { $nginx->logged(qr/have been fetched/) }, 'a fetch that all have left');
is($nginx->get('/t', $token)->{reason}, 'ok', 'is of use to those who come');
nothing_bad();


# bytes that come while a request waits: a pipelined one

$path = fresh();

my $socket = $nginx->send('/t', $token, "X-First: yes");
syswrite $socket, "GET /t HTTP/1.1\r\nHost: localhost\r\n\r\n";
sleep 0.2;
release($path);
is($nginx->receive($socket)->{reason}, 'ok', 'a pipelined request behind it');
nothing_bad();

# a request with a body, which has not come whole

$path = fresh();
$socket = $nginx->send('POST /t', $token, 'Content-Length: 100000');
syswrite $socket, 'x' x 1000;
sleep 0.2;
release($path);
sleep 0.2;
syswrite $socket, 'x' x 99000;
is($nginx->receive($socket)->{reason}, 'ok', 'a body on its way');
nothing_bad();


# the worker that fetches is killed

sub fetching {
    my ($port) = map { sprintf '%04X', $_ } origin_port();
    my %inodes;

    open my $tcp, '<', '/proc/net/tcp' or return;
    while (<$tcp>) {
        my @f = split;
        $inodes{$f[9]} = 1 if $f[2] =~ /:$port$/ && $f[3] eq '01';
    }

    return grep {
        my $pid = $_;
        grep { (readlink // '') =~ /socket:\[(\d+)\]/ && $inodes{$1} }
             glob "/proc/$pid/fd/*";
    } $nginx->workers;
}

$path = fresh();

my @pids = await { my @found = fetching(); @found ? \@found : undef };
my ($victim) = @{ $pids[0] || [] };

ok($victim, 'one worker fetches') or BAIL_OUT('no worker fetches');

# in the other one, of which nothing is known but that it answers

my @sockets = map { $nginx->send('/t', $token) } 1 .. 20;
sleep 0.3;
kill KILL => $victim;

ok(await { asked($path) == 2 }, 'another one fetches when it is killed');
release($path);

%reasons = ();

for (@sockets) {
    my $answer = $nginx->receive($_);
    $reasons{ $answer->{reason} }++;
    isnt($answer->{worker}, $victim, 'answered by another') if $answer->{status};
}

is_deeply([sort keys %reasons], [$reasons{''} ? '' : (), 'ok'],
          'who waited in another is answered');
cmp_ok($reasons{ok}, '>=', 1, 'and there were some');
is_deeply([grep { !/exited on signal 9/ }
                $nginx->logged(qr/\[(?:alert|crit|emerg)\]/)], [],
          'nothing bad is logged but that');


# over HTTP/2: one connection, many streams

SKIP: {
    skip 'no HTTP/2', 4 if !$has_http2;

    $path = fresh();

    my $dir = File::Temp->newdir;
    my $count = 60;
    my $config = join "next\n", map { <<"_EOC_" } 1 .. $count;
url = "http://127.0.0.1:$http2_port/t?$_"
output = "$dir/$_"
write-out = "%{http_code} %{http_version}\\n"
http2-prior-knowledge
silent
header = "Authorization: Bearer $token"
_EOC_

    write_file("$dir/curl", $config);

    my $pid = open my $curl, '-|', 'curl', '-q', '--no-progress-meter',
              '--parallel',
              '--parallel-immediate', '--parallel-max', $count,
              '--config', "$dir/curl" or die "curl: $!";

    sleep 0.5;
    release($path);

    my %codes;
    $codes{ s/\n//r }++ while <$curl>;
    close $curl;

    is_deeply(\%codes, { '200 2' => $count }, "$count streams wait");
    nothing_bad();

    # and end with their connection

    $path = fresh();
    $pid = open $curl, '-|', 'curl', '-q', '--no-progress-meter',
           '--parallel',
           '--parallel-immediate', '--parallel-max', $count,
           '--config', "$dir/curl" or die "curl: $!";

    sleep 0.5;
    kill KILL => $pid;
    close $curl;
    sleep 0.2;
    release($path);

    ok(await { $nginx->get('/t', $token)->{reason} eq 'ok' },
       'streams that have been left');
    nothing_bad();
}


# used early: nothing waits, then; the access phase does

$path = fresh(server => '
    set $early "[$actor_token_subject]";
    if ($actor_token_subject = "") {
        set $early "$early nobody";
    }', show => 'add_header X-Early $early always;');

$socket = $nginx->send('/t', $token);
sleep 0.3;
release($path);

my $answer = $nginx->receive($socket);

is($answer->{reason}, 'ok', 'the access phase waits');
is($answer->{headers}{'x-early'}, '[] nobody', 'what is used early is empty');
is($nginx->get('/t', $token)->{headers}{'x-early'}, '[user-1]',
   'and not when there are keys');
nothing_bad();


# a dry run

$path = fresh(location => 'actor_token_dry_run on;');

$answer = $nginx->get('/t', $token);

is($answer->{status}, 200, 'a dry run is let in');
cmp_ok($answer->{seconds}, '<', 0.5, 'and does not wait');
is($answer->{reason}, 'keys_unavailable', 'and says what it would have said');
is($answer->{headers}{'x-subject'}, undef, 'without an identity');
release($path);
ok(await { $nginx->get('/t', $token)->{reason} eq 'ok' }, 'until there are keys');

$path = $nginx->get('/t', token(signer => 'unknown'));
is($path->{reason}, 'unknown_key', 'an unknown kid in a dry run');
cmp_ok($path->{seconds}, '<', 0.5, 'does not wait either');
nothing_bad();


# a subrequest makes no check, and waits for nothing

SKIP: {
    skip 'no auth_request', 3 if !$has_auth_request;

    $path = fresh(server => '
        location = /main {
            actor_token off;
            auth_request /sub;
            try_files /none @ok;
        }
        location = /sub {
            try_files /none @ok;
        }');

    $answer = $nginx->get('/main', $token);

    is($answer->{status}, 200, 'a subrequest to a protected location');
    cmp_ok($answer->{seconds}, '<', 0.5, 'does not wait');
    release($path);
    nothing_bad();
}


# an internal redirect to a location that waits

$path = fresh(server => '
    location = /start {
        actor_token off;
        try_files /none /t;
    }
    location = /error {
        actor_token off;
        error_page 403 /t;
        deny all;
    }');

@waiting = map { $nginx->send($_, $token) } '/start', '/error';
sleep 0.2;
release($path);

is($nginx->receive($_)->{reason}, 'ok', 'after an internal redirect')
    for @waiting;
nothing_bad();

done_testing();
