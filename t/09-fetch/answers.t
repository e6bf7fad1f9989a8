# A fetch through all kinds of locations that have an answer.

use lib 't/lib';
use Test::Nginx::ActorToken;
use ActorToken::FetchProbe;

our $origin = origin();

run_tests();

__DATA__

=== TEST 1: return
--- config
location = /keys {
    internal;
    return 200 '{"keys":[]}';
}
location = /t {
    fetch_probe /keys;
}
--- response_body
status=200 max_age=-1 length=11 error="" body={"keys":[]}


=== TEST 2: return, empty
--- config
location = /keys {
    internal;
    return 200 '';
}
location = /t {
    fetch_probe /keys;
}
--- response_body eval
qq{status=200 max_age=-1 length=0 error="" body=\n}


=== TEST 3: a file
--- config
location /keys/ {
    internal;
    alias $TEST_NGINX_SERVER_ROOT/conf/;
}
location = /t {
    fetch_probe /keys/set.json;
}
--- conf_files eval
['set.json' => '{"keys":[1]}']
--- response_body
status=200 max_age=-1 length=12 error="" body={"keys":[1]}


=== TEST 4: an empty file
--- config
location /keys/ {
    internal;
    alias $TEST_NGINX_SERVER_ROOT/conf/;
}
location = /t {
    fetch_probe /keys/set.json;
}
--- conf_files eval
['set.json' => '']
--- response_body eval
qq{status=200 max_age=-1 length=0 error="" body=\n}


=== TEST 5: an upstream
--- config eval
qq{
location = /keys {
    internal;
    proxy_pass http://127.0.0.1:$::origin;
}
location = /t {
    fetch_probe /keys?body=%7B%7D;
}
}
--- response_body
status=200 max_age=-1 length=2 error="" body={}


=== TEST 6: an upstream that is named by a variable
--- config eval
qq{
location ~ ^/keys/ {
    internal;
    set \$port $::origin;
    proxy_pass http://127.0.0.1:\$port\$request_uri;
}
location = /t {
    fetch_probe /keys/set?body=%7B%7D;
}
}
--- response_body
status=200 max_age=-1 length=2 error="" body={}


=== TEST 7: error_page with a named location
--- config eval
qq{
location = /keys {
    internal;
    proxy_pass http://127.0.0.1:1;
    error_page 502 = \@fallback;
}
location \@fallback {
    proxy_pass http://127.0.0.1:$::origin;
}
location = /t {
    fetch_probe /keys?body=fallback;
}
}
--- response_body
status=200 max_age=-1 length=8 error="" body=fallback
--- error_log
while fetching keys of issuer "probe" (connecting to upstream)


=== TEST 8: error_page of an answer
--- config eval
qq{
location = /keys {
    internal;
    proxy_pass http://127.0.0.1:$::origin;
    proxy_intercept_errors on;
    error_page 404 =200 /other;
}
location = /other {
    internal;
    return 200 other;
}
location = /t {
    fetch_probe /keys?status=404;
}
}
--- response_body
status=200 max_age=-1 length=5 error="" body=other


=== TEST 9: error_page that keeps the status
--- config eval
qq{
location = /keys {
    internal;
    proxy_pass http://127.0.0.1:$::origin;
    proxy_intercept_errors on;
    error_page 404 /other;
}
location = /other {
    internal;
    return 200 other;
}
location = /t {
    fetch_probe /keys?status=404;
}
}
--- response_body
status=404 max_age=-1 length=0 error="the location answered 404"


=== TEST 10: X-Accel-Redirect
--- config eval
qq{
location = /keys {
    internal;
    proxy_pass http://127.0.0.1:$::origin;
}
location = /other {
    internal;
    return 200 redirected;
}
location = /t {
    fetch_probe /keys?header=X-Accel-Redirect:/other;
}
}
--- response_body
status=200 max_age=-1 length=10 error="" body=redirected


=== TEST 11: X-Accel-Redirect to a named location
--- config eval
qq{
location = /keys {
    internal;
    proxy_pass http://127.0.0.1:$::origin;
}
location \@other {
    return 200 named;
}
location = /t {
    fetch_probe /keys?header=X-Accel-Redirect:\@other;
}
}
--- response_body
status=200 max_age=-1 length=5 error="" body=named


=== TEST 12: try_files
--- config
location = /keys {
    internal;
    root $TEST_NGINX_SERVER_ROOT/conf;
    try_files /none.json /set.json =404;
}
location = /t {
    fetch_probe /keys;
}
--- conf_files eval
['set.json' => 'tried']
--- response_body
status=200 max_age=-1 length=5 error="" body=tried


=== TEST 13: rewrite
--- config
location = /keys {
    internal;
    rewrite ^ /other last;
}
location = /other {
    internal;
    return 200 $uri;
}
location = /t {
    fetch_probe /keys;
}
--- response_body
status=200 max_age=-1 length=6 error="" body=/other


=== TEST 14: arguments
--- config
location = /keys {
    internal;
    return 200 "$args $request_uri $request";
}
location = /t {
    fetch_probe /keys?a=b;
}
--- response_body
status=200 max_age=-1 length=36 error="" body=a=b /keys?a=b GET /keys?a=b HTTP/1.1


=== TEST 15: in another server
--- http_config
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    server_name keys.example.com;
    set $word other;

    location = /keys {
        internal;
        return 200 "$server_name $host $http_host $word";
    }
}
--- config
location = /t {
    set $word mine;
    fetch_probe /keys;
}
--- response_body
status=200 max_age=-1 length=56 error="" body=keys.example.com keys.example.com keys.example.com other


=== TEST 16: a server with no name that is one
--- http_config
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    server_name ~^keys *.example.com;

    location = /keys {
        internal;
        return 200 $host;
    }
}
--- config
location = /t {
    fetch_probe /keys;
}
--- response_body
status=200 max_age=-1 length=9 error="" body=localhost


=== TEST 17: a server with names of which the second is one
--- http_config
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    server_name *.example.com .example.org;

    location = /keys {
        internal;
        return 200 $host;
    }
}
--- config
location = /t {
    fetch_probe /keys;
}
--- response_body
status=200 max_age=-1 length=11 error="" body=example.org


=== TEST 18: the next upstream
--- http_config eval
qq{
upstream up {
    server 127.0.0.1:1;
    server 127.0.0.1:$::origin backup;
}
}
--- config
location = /keys {
    internal;
    proxy_pass http://up;
}
location = /t {
    fetch_probe /keys?body=second;
}
--- response_body
status=200 max_age=-1 length=6 error="" body=second


=== TEST 19: an upstream by its client's address
--- http_config eval
qq{
upstream up {
    ip_hash;
    server 127.0.0.1:$::origin;
    keepalive 4;
}
}
--- config
location = /keys {
    internal;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_pass http://up;
}
location = /t {
    fetch_probe /keys?body=hashed;
}
--- response_body
status=200 max_age=-1 length=6 error="" body=hashed


=== TEST 20: a location that adds to a page, or changes it
--- config
location = /keys {
    internal;
    ssi on;
    ssi_types *;
    sub_filter abc def;
    sub_filter_types *;
    addition_types *;
    add_before_body /other;
    gzip on;
    gzip_types *;
    gzip_min_length 1;
    return 200 'abc <!--# echo var="uri" -->';
}
location = /other {
    internal;
    return 200 other;
}
location = /t {
    fetch_probe /keys;
}
--- response_body
status=200 max_age=-1 length=28 error="" body=abc <!--# echo var="uri" -->
