# A fetch is nobody's: nothing of the request that needed it is in it, and
# what guards the location from clients does not stop it.

use lib 't/lib';
use Test::Nginx::ActorToken;
use ActorToken::FetchProbe;

our $origin = origin();

# what a client may send

our $client = <<'_EOC_';
Cookie: session=client
X-Client: client
Authorization: Bearer client
Range: bytes=0-1
If-None-Match: *
Accept-Encoding: gzip
Content-Type: text/client
_EOC_

our $plain = qq{
location = /keys {
    internal;
    return 200 keys;
}
location = /t {
    fetch_probe /keys;
}
};

our $keys = qq{status=200 max_age=-1 length=4 error="" body=keys\n};

run_tests();

__DATA__

=== TEST 1: what an upstream gets
--- config eval
qq{
location = /keys {
    internal;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_pass http://127.0.0.1:$::origin;
}
location = /t {
    fetch_probe /keys?echo=1;
}
}
--- request
POST /t?client=1
client
--- more_headers eval
$::client
--- response_body eval
my $request = <<"_EOC_" =~ s/\n/\r\n/gr;
GET /keys?echo=1 HTTP/1.1
Host: 127.0.0.1:$::origin
Accept: application/jwk-set+json, application/json

_EOC_
'status=200 max_age=-1 length=' . length($request)
. qq{ error="" body=$request\n}


=== TEST 2: variables
--- config
location = /keys {
    internal;
    return 200 "$request_method|$args|$arg_client|$cookie_session|$http_x_client|$http_authorization|$http_range|$content_type|$content_length|$request_body|$remote_user|$is_args|$mine|$request_uri|$server_protocol|$remote_addr|$remote_port|$server_addr|$scheme|$http_accept|$proxy_add_x_forwarded_for|$request_length|$connection_requests";
}
location = /t {
    set $mine client;
    fetch_probe /keys;
}
--- request
POST /t?client=1
client
--- more_headers eval
$::client
--- response_body
status=200 max_age=-1 length=113 error="" body=GET|||||||||||||/keys|HTTP/1.1|127.0.0.1||127.0.0.1|http|application/jwk-set+json, application/json|127.0.0.1|0|1


=== TEST 3: the module's own variables
--- config
include policy.conf;
location = /keys {
    internal;
    return 200 "[$actor_token_status$actor_token_reason$actor_token_subject$actor_token_audit$actor_token_fingerprint$actor_token_depth]";
}
location = /t {
    fetch_probe /keys;
}
--- claims eval
{}
--- reason: ok
--- vars
--- response_body
status=200 max_age=-1 length=2 error="" body=[]


=== TEST 4: actor_token, which the location inherits
--- config eval
"include policy.conf;\n$::plain"
--- claims eval
{}
--- reason: ok
--- vars
--- response_body eval
$::keys


=== TEST 5: other access rules, which it inherits
--- config eval
qq{
deny all;
auth_basic closed;
auth_basic_user_file none;
location = /keys {
    internal;
    return 200 keys;
}
location = /t {
    allow all;
    auth_basic off;
    fetch_probe /keys;
}
}
--- response_body eval
$::keys


=== TEST 6: limits of clients
--- http_config
limit_req_zone $binary_remote_addr zone=requests:1m rate=1r/m;
limit_conn_zone $binary_remote_addr zone=connections:1m;
--- config
limit_req zone=requests;
limit_conn connections 1;
location = /keys {
    internal;
    alias $TEST_NGINX_SERVER_ROOT/conf/set.json;
}
location = /t {
    limit_req_dry_run on;
    limit_conn_dry_run on;
    fetch_probe /keys count=3;
}
--- conf_files eval
['set.json' => 'keys']
--- response_body eval
$::keys x 3


=== TEST 7: addresses that a client may claim
--- config
set_real_ip_from 127.0.0.1;
real_ip_header X-Real-IP;
location = /keys {
    internal;
    return 200 $remote_addr;
}
location = /t {
    fetch_probe /keys;
}
--- more_headers
X-Real-IP: 192.0.2.1
--- response_body
status=200 max_age=-1 length=9 error="" body=127.0.0.1


=== TEST 8: not in the access log
--- config eval
"access_log logs/access.log;\n$::plain"
--- access_log: GET /t HTTP
--- no_access_log: GET /keys
--- response_body eval
$::keys


=== TEST 9: in the access log, if it is asked for
--- config
access_log logs/access.log;
log_subrequest on;
location = /keys {
    internal;
    return 200 keys;
}
location = /t {
    log_subrequest off;
    fetch_probe /keys;
}
--- access_log: "GET /keys HTTP/1.1" 200
--- response_body eval
$::keys


=== TEST 10: limit_except, which a GET is under
--- config
location = /keys {
    internal;
    limit_except POST {
        deny all;
    }
    alias $TEST_NGINX_SERVER_ROOT/conf/set.json;
}
location = /t {
    fetch_probe /keys;
}
--- conf_files eval
['set.json' => 'keys']
--- response_body eval
$::keys


=== TEST 11: needed by a request that is another's subrequest
--- config
location = /keys {
    internal;
    return 200 "$request_uri $args";
}
location = /part {
    internal;
    fetch_probe /keys;
}
location = /t {
    addition_types *;
    add_after_body /part;
    return 200 "";
}
--- request
GET /t?client=1
--- response_body
status=200 max_age=-1 length=6 error="" body=/keys 


=== TEST 12: a body that is still to come
--- config eval
$::plain
--- raw_request eval
"POST /t HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nConnection: close\r\n\r\nabc"
--- response_body eval
$::keys


=== TEST 13: a name for requests
--- config
location = /keys {
    internal;
    return 200 $request_id;
}
location = /t {
    add_header X-Request-ID $request_id;
    fetch_probe /keys count=2;
}
--- response_body_like
^status=200 max_age=-1 length=32 error="" body=(\w{32})
status=200 max_age=-1 length=32 error="" body=(?!\1)\w{32}$
