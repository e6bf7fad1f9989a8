package Clients;

# What a client of HTTP/2 or HTTP/3 sees: the same requests over one connection,
# with curl, for either.
#
#     clients('3')    the tests of a file, or the reason to skip them

use v5.10.1;
use strict;
use warnings;

use Test::More;

use ActorToken::Gateway;
use ActorToken::Mint;

use base 'Exporter';

our @EXPORT = qw( clients );

my %Version = (
    2 => { listen => 'ssl http2', module => 'http_v2', feature => 'HTTP2',
           option => 'http2' },
    3 => { listen => 'quic', module => 'http_v3', feature => 'HTTP3',
           option => 'http3-only' },
);

my $Port = gateway_port() + 2;
my $Url = "https://127.0.0.1:$Port";

my ($Nginx, $Option, $Server, $n);


# a configuration whose keys nobody has yet, and a key server that waits

sub fresh {
    my $path = '/keys' . ++$n;

    answer($path, wait => "release$n");

    my $site = site(http => $Server, issuers => "actor_token_issuer acme {
            issuer https://login.acme.example;
            key_request $path;
            key_timeout 15s;
            tenant acme;
        }", keys => "location = $path {
            internal;
            proxy_pass http://\$ORIGIN$path;
        }");

    if ($Nginx) {
        $Nginx->mark;
        $Nginx->reload(http => $site);

    } else {
        $Nginx = gateway(http => $site);
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
    is_deeply([$Nginx->logged(qr/\[(?:alert|crit|emerg)\]|open socket/)], [],
              'nothing bad is logged');
}

# A curl that sends all at once over one connection.  It prints a line for each
# request as it ends: its number, version, status and reason.

sub curl {
    my (@requests) = @_;

    my $i = 0;
    my $file = scratch() . '/curl';

    write_file($file, join "next\n", map {
        my ($path, @lines) = @$_;

        $i++;
        join "\n", "url = \"$Url$path\"", $Option, 'insecure', 'silent',
             'no-progress-meter', 'max-time = 20', 'noproxy = "*"',
             "output = \"@{[ scratch() ]}/answer$i\"",
             "write-out = \"$i %{http_version} %{http_code} %header{x-reason}"
             . " %{num_connects}\\n\"", @lines, '';
    } @requests);

    my $pid = open my $curl, '-|', 'curl', '-q', '--parallel', '--parallel-max',
              scalar @requests, '--config', $file or die "curl: $!";

    return $curl;
}

sub bearer {
    my ($token) = @_;

    return "header = \"Authorization: Bearer $token\"";
}

sub answered {
    my ($i) = @_;

    open my $in, '<', scratch() . "/answer$i" or return '';
    local $/;
    return <$in>;
}


sub clients {
    my ($version) = @_;

    my $o = $Version{$version};
    my $nginx = $ENV{TEST_NGINX_BINARY} || $ENV{NGX_BIN} || 'nginx';
    my $built = `$nginx -V 2>&1`;

    plan(skip_all => "no HTTP/$version in this nginx")
        if $built !~ /--with-$o->{module}_module/;
    plan(skip_all => "no TLS in this nginx")
        if $built !~ /--with-http_ssl_module/;
    plan(skip_all => "no HTTP/$version in this curl")
        if `curl -V` !~ /\b$o->{feature}\b/;

    $Option = $o->{option};

    my ($since) = $built =~ m{nginx/(\d+\.\d+)};
    my $listen = $o->{listen};
    $listen =~ s/ http2/; http2 on/ if $since >= 1.25;

    write_file(scratch() . '/conf/tls.key', key_private_pem('p256tls'));
    write_file(scratch() . '/conf/tls.crt', certificate('p256tls'));

    my $up = 'unix:' . scratch() . '/logs/up.sock';

    $Server = <<"_EOC_";
    server {
        listen $up;
        location / {
            return 200 "\$http_x_subject|\$http_authorization|\$http_cookie";
        }
    }
    server {
        listen 127.0.0.1:$Port $listen;
        ssl_certificate tls.crt;
        ssl_certificate_key tls.key;
        ssl_protocols TLSv1.3;
        $Show
        actor_token_audience https://api.example.com;
        actor_token_tenant acme;
        proxy_set_header X-Subject \$actor_token_subject;
        location /t {
            actor_token test;
            proxy_pass http://$up;
        }
        location /cookie {
            actor_token test token=\$cookie_session;
            proxy_pass http://$up;
        }
        location /alive { return 200 alive; }
    }
_EOC_

    my $token = token(signer => 'one', claims => '{ "sub": "alice" }');
    my $good = bearer($token);


    # requests that wait for keys do not hold up the next one

    my $path = fresh();
    my $curl = curl((['/t', $good]) x 20, ['/alive']);

    ok(await { answered(21) eq 'alive' }, 'who does not wait');
    is(join('', map { answered($_) } 1 .. 20), '', 'those who wait');
    release($path);

    my @lines = readline $curl;
    my $connects = 0;

    for (@lines) {
        $connects += $1 if s/ (\d+)\n\z//;
    }

    is_deeply([sort @lines], [sort "21 $version 200 ",
                                   map { "$_ $version 200 ok" } 1 .. 20],
              'are answered once the keys are there');
    is($connects, 1, 'over one connection');
    is_deeply([map { answered($_) } 1 .. 20], [('alice||') x 20],
              'the application sees the same people');
    is(scalar asked($path), 1, 'the keys were fetched once');
    nothing_bad();


    # each stream has a verdict of its own

    my $other = token(signer => 'one', claims => '{ "aud": "other" }');
    my $forged = token(signer => 'two', jose => '{ "kid": "one" }');
    my $body = 'data = "' . 'x' x 100000 . '"';

    my @rows = (
        ['/t', [$good], '200 ok'],
        ['/t', [], '401 missing'],
        ['/t', [bearer($other)], '401 audience_mismatch'],
        ['/t', [bearer($forged)], '401 bad_signature'],
        ['/t', [$good, $body], '200 ok'],
        ['/cookie', ["cookie = \"a=1; session=$token; b=2\""], '200 ok'],
        ['/cookie', [$good], '401 missing'],
        ['/t', [$good], '200 ok'],
    );

    my @expected = map { ($_ + 1) . " $version $rows[$_][2]" } 0 .. $#rows;

    $curl = curl(map { [$_->[0], @{ $_->[1] }] } @rows);
    @lines = map { s/ \d+\n\z//r } readline $curl;

    is_deeply([sort @lines], [sort @expected], 'each has its own verdict');
    is(answered(6), 'alice||a=1; b=2', 'no token in the cookies passed on');
    nothing_bad();


    # A client that leaves with requests that wait.  With HTTP/3 curl may go
    # without a word, and nginx finds out from the silence.

    $Server =~ s/ssl_protocols/keepalive_timeout 1s;\n        $&/;

    $path = fresh();
    $curl = curl((['/t', $good, 'fail-early']) x 20,
                 ['/none', 'fail', 'fail-early']);
    is_deeply([map { /^(.*) 404 / } readline $curl], ["21 $version"],
              'a client that leaves those who wait');
    close $curl;

    release($path);
    ok(await { $Nginx->logged(qr/have been fetched/) }, 'the keys come');

    $curl = curl(['/t', $good]);
    like(scalar readline $curl, qr/^1 $version 200 ok /, 'for the next');
    close $curl;

    ok($Nginx->stop, 'it ends');
    nothing_bad();

    done_testing();
}

1;
