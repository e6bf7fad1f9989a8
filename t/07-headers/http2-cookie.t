# HTTP/2 clients may send every cookie in a field of its own (RFC 9113,
# section 8.2.3): the token is found, counted and removed all the same.

use lib 't/lib';
use Test::Nginx::ActorToken;

if (!nginx_has('http_v2_module')) {
    Test::More::plan(skip_all => 'no HTTP/2 in this nginx');
}

# RFC 7541: an integer with a prefix of 7 bits, a literal without indexing

sub hpack_string {
    my ($s) = @_;

    my $n = length $s;
    return chr($n) . $s if $n < 127;

    my $head = chr(127);
    $n -= 127;

    while ($n >= 128) {
        $head .= chr($n % 128 + 128);
        $n = int($n / 128);
    }

    return $head . chr($n) . $s;
}

sub frame {
    my ($type, $flags, $stream, $payload) = @_;

    return substr(pack('N', length $payload), 1)
           . pack('CCN', $type, $flags, $stream) . $payload;
}

sub h2_request {
    my ($path, @fields) = @_;

    my @all = (':method', 'GET', ':scheme', 'http', ':path', $path,
               ':authority', 'localhost', @fields);
    my $block = '';

    while (my ($name, $value) = splice @all, 0, 2) {
        $block .= "\0" . hpack_string($name) . hpack_string($value);
    }

    return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . frame(4, 0, 0, '')
           . frame(1, 5, 1, $block);
}

run_tests();

__DATA__

=== TEST 1: a cookie for each field
--- http_config
log_format upstream escape=none '[$http_authorization][$http_cookie]';
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log logs/access.log upstream;
    location / { return 200 "x"; }
}
--- config
listen 127.0.0.1:$TEST_NGINX_SERVER_PORT http2;
keepalive_timeout 50ms;
include rules.conf;
location = /cookie {
    actor_token test token=$cookie_session;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /t {
    actor_token test;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
--- token eval
$::Token = token()
--- raw_request eval
main::h2_request('/cookie', cookie => 'a=1', cookie => "session=$::Token", cookie => 'b=2')
--- ignore_response
--- access_log
[][a=1; b=2]


=== TEST 2: the token twice
--- token eval
$::Token = token()
--- raw_request eval
main::h2_request('/cookie', cookie => "session=$::Token", cookie => "session=$::Token")
--- ignore_response
--- reason: malformed_request


=== TEST 3: authorization
--- token eval
$::Token = token()
--- raw_request eval
main::h2_request('/t', authorization => "Bearer $::Token", cookie => 'a=1', cookie => 'b=2')
--- ignore_response
--- access_log
[][a=1; b=2]


=== TEST 4: none
--- no_token
--- raw_request eval
main::h2_request('/t', cookie => 'a=1')
--- ignore_response
--- reason: missing
