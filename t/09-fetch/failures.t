# An answer that is no key set: what a fetch says of it, and next to each the
# answer that is one.

use lib 't/lib';
use Test::Nginx::ActorToken;
use ActorToken::FetchProbe;

our $origin = origin();

# one location for each query

sub queries {
    my $i = 0;

    return qq{location = /keys {
        internal;
        proxy_pass http://127.0.0.1:$origin;
        proxy_read_timeout 300ms;
    }
    } . join '', map {
        $i++;
        "location = /$i { fetch_probe \"/keys?$_\" limit=5s; }\n"
    } @_;
}

sub failed {
    my ($status, $length, $error) = @_;
    return qq{status=$status max_age=-1 length=$length error="$error"\n};
}

sub good {
    my ($body) = @_;
    return 'status=200 max_age=-1 length=' . length($body)
           . qq{ error="" body=$body\n};
}

run_tests();

__DATA__

=== TEST 1: another status
--- config eval
main::queries(map { "status=$_" } 200, 201, 206, 301, 304, 404, 503)
--- request eval
[map { "GET /$_" } 1 .. 7]
--- error_code eval
[(200) x 7]
--- response_body eval
[main::good('{"keys":[]}'),
 map { main::failed($_, 0, "the location answered $_") }
     201, 206, 301, 304, 404, 503]


=== TEST 2: the content type
--- config eval
main::queries('type=text/html', 'type=TEXT/HTML', 'type=text/html;charset=x',
              'type=text/html%20;charset=x', 'type=text/htmlx',
              'type=text/plain', 'type=application/jwk-set%2bjson',
              'type=')
--- request eval
[map { "GET /$_" } 1 .. 8]
--- error_code eval
[(200) x 8]
--- response_body eval
[(main::failed(200, 0, 'the answer is text/html')) x 4,
 (main::good('{"keys":[]}')) x 4]


=== TEST 3: the content's encoding
--- config eval
main::queries('header=Content-Encoding:gzip', 'header=content-encoding:br',
              'header=Content-Encoding:identity', 'header=Content-Language:en')
--- request eval
[map { "GET /$_" } 1 .. 4]
--- error_code eval
[(200) x 4]
--- response_body eval
[(main::failed(200, 0, 'the answer has a Content-Encoding')) x 3,
 main::good('{"keys":[]}')]


=== TEST 4: an encoding that the location would undo
--- config eval
"gunzip on;\n" . main::queries('header=Content-Encoding:gzip')
--- request
GET /1
--- response_body
status=200 max_age=-1 length=0 error="the answer has a Content-Encoding"


=== TEST 5: it breaks off
--- config eval
main::queries('length=20&cut=10', 'length=20&cut=10&chunked=1',
              'length=20&cut=0', 'length=20&cut=20',
              'length=20&cut=20&chunked=1', 'length=20&chunked=1',
              'length=20&cut=10&eof=1')
--- request eval
[map { "GET /$_" } 1 .. 7]
--- error_code eval
[(200) x 7]
--- response_body eval
[(main::failed(200, 10, 'the answer broke off')) x 2,
 main::failed(200, 0, 'the answer broke off'),
 main::good('x' x 20),
 main::failed(200, 20, 'the answer broke off'),
 main::good('x' x 20),
 main::good('x' x 10)]


=== TEST 6: it breaks off, and the location does not buffer
--- config eval
"proxy_buffering off;\n"
. main::queries('length=20&cut=10', 'length=20&cut=10&chunked=1',
                'length=20&chunked=1')
--- request eval
[map { "GET /$_" } 1 .. 3]
--- error_code eval
[(200) x 3]
--- response_body eval
[(main::failed(200, 10, 'the answer broke off')) x 2, main::good('x' x 20)]


=== TEST 7: nginx's own answers
--- config
location = /keys/none {
    internal;
    root $TEST_NGINX_SERVER_ROOT/conf;
    log_not_found off;
}
location = /keys/refused {
    internal;
    proxy_pass http://127.0.0.1:1;
}
location = /keys/closed {
    internal;
    return 444;
}
location = /keys/redirect {
    internal;
    return 302 https://elsewhere.example.com/;
}
location = /keys/page {
    internal;
    default_type text/html;
    return 200 '{"keys":[]}';
}
location = /1 { fetch_probe /keys/none; }
location = /2 { fetch_probe /keys/refused; }
location = /3 { fetch_probe /keys/closed; }
location = /4 { fetch_probe /keys/redirect; }
location = /5 { fetch_probe /keys/page; }
--- request eval
[map { "GET /$_" } 1 .. 5]
--- error_code eval
[(200) x 5]
--- response_body eval
[main::failed(404, 0, 'the location answered 404'),
 main::failed(502, 0, 'the location answered 502'),
 main::failed(0, 0, 'the location gave no answer'),
 main::failed(302, 0, 'the location answered 302'),
 main::failed(200, 0, 'the answer is text/html')]


=== TEST 8: nothing comes in time
--- config eval
qq{
location = /keys {
    internal;
    proxy_pass http://127.0.0.1:$::origin;
}
location = /1 { fetch_probe /keys?hang=1 limit=200ms; }
location = /2 { fetch_probe /keys?hang=1 limit=1s; }
location = /3 { fetch_probe /keys?length=10&drip=50 limit=200ms; }
location = /4 { fetch_probe /keys?length=10&drip=5 limit=5s; }
}
--- request eval
[map { "GET /$_" } 1 .. 4]
--- error_code eval
[(200) x 4]
--- response_body_like eval
[quotemeta main::failed(0, 0, 'it took over 200 ms'),
 quotemeta main::failed(0, 0, 'it took over 1 s'),
 '^status=200 max_age=-1 length=[0-8] error="it took over 200 ms"$',
 quotemeta main::good('x' x 10)]


=== TEST 9: the upstream's own time limit comes first
--- config eval
main::queries('hang=1')
--- request
GET /1
--- response_body
status=504 max_age=-1 length=0 error="the location answered 504"
--- error_log
upstream timed out (110: Connection timed out) while fetching keys of issuer "probe"


=== TEST 10: a server whose rewrite answers for all its locations
--- config
rewrite ^/keys https://elsewhere.example.com/ permanent;
location = /keys {
    internal;
    return 200 keys;
}
location = /t {
    fetch_probe /keys;
}
--- response_body
status=301 max_age=-1 length=0 error="the location answered 301"


=== TEST 11: redirected for ever
--- config
location = /keys {
    internal;
    rewrite ^ /keys last;
}
location = /t {
    fetch_probe /keys;
}
--- response_body
status=500 max_age=-1 length=0 error="the location answered 500"
--- error_log
rewrite or internal redirection cycle


=== TEST 12: an action after the request, which a fetch is without
--- config eval
qq{
post_action /after;
location = /keys {
    internal;
    proxy_pass http://127.0.0.1:$::origin;
}
location = /after {
    internal;
    rewrite_log on;
    rewrite ^/after\$ /done last;
}
location = /done {
    internal;
    return 200 done;
}
location = /t {
    post_action "";
    fetch_probe /keys count=2;
}
location = /2 {
    post_action "";
    fetch_probe /keys?status=404;
}
location = /3 {
    post_action "";
    fetch_probe /keys?hang=1 limit=100ms;
}
location = /4 {
    post_action "";
    fetch_probe /keys?length=2000000&chunked=1;
}
}
--- request eval
[map { "GET /$_" } 't', 2 .. 4]
--- error_code eval
[(200) x 4]
--- response_body_like eval
[quotemeta main::good('{"keys":[]}') x 2,
 quotemeta main::failed(404, 0, 'the location answered 404'),
 quotemeta main::failed(0, 0, 'it took over 100 ms'),
 'the answer is larger than 1 MiB']
--- no_error_log
"^/after$" matches


=== TEST 13: what nginx logs of a fetch
--- config
location = /keys {
    internal;
    proxy_pass http://127.0.0.1:1/set;
}
location = /t {
    fetch_probe /keys;
}
--- response_body
status=502 max_age=-1 length=0 error="the location answered 502"
--- error_log
connect() failed (111: Connection refused) while fetching keys of issuer "probe" (connecting to upstream), server: localhost, request: "GET /keys HTTP/1.1", subrequest: "/keys", upstream: "http://127.0.0.1:1/set"


=== TEST 14: and of one that breaks off
--- config eval
main::queries('length=20&cut=10')
--- request
GET /1
--- response_body
status=200 max_age=-1 length=10 error="the answer broke off"
--- error_log
upstream prematurely closed connection while fetching keys of issuer "probe"


=== TEST 15: a name that is not resolved in time
--- config
location = /keys {
    internal;
    resolver 127.0.0.1:1;
    set $port 80;
    proxy_pass http://localhost:$port;
}
location = /t {
    fetch_probe /keys count=2 limit=200ms;
}
--- response_body eval
main::failed(0, 0, 'it took over 200 ms') x 2


=== TEST 16: a name that is not resolved
--- config
location = /keys {
    internal;
    resolver 127.0.0.1:1;
    resolver_timeout 100ms;
    set $port 80;
    proxy_pass http://localhost:$port;
}
location = /t {
    fetch_probe /keys;
}
--- response_body eval
main::failed(502, 0, 'the location answered 502')
--- error_log
localhost could not be resolved (110: Operation timed out) while fetching keys of issuer "probe"
