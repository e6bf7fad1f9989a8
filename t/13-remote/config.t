# Where key_request goes is found when the configuration is read, and what
# cannot be meant is refused.

use lib 't/lib';
use Test::Nginx::ActorToken;

repeat_each(1);

# an issuer block, and a good place for its keys

sub issuer {
    my ($more, $request) = @_;

    return "actor_token_issuer acme {
        issuer https://login.acme.example;
        " . ($request // 'key_request /keys;') . "
        tenant acme;
        " . ($more // '') . "
    }";
}

sub templated {
    my ($more, $tenants) = @_;

    return 'actor_token_issuer idp {
        issuer "https://idp.example/{tenant}/";
        key_request "/keys/{tenant}";
        ' . ($tenants // 'tenants any;') . ($more // '') . '
    }';
}

our $Place = 'include policy.conf;
location = /keys {
    internal;
    return 204;
}
location /keys/ {
    internal;
    return 204;
}
location /t {
    root html;
    try_files /index.html =404;
}
';

run_tests();

__DATA__

=== TEST 1: no server has the location
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    key_request /keys; #<
    tenant acme;
}
--- must_die
"key_request /keys" of issuer "acme": no server has an internal location for "/keys": add one such as "location = /keys { internal; ... }"


=== TEST 2: it is not internal
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    key_request /keys; #<
    tenant acme;
}
--- config
include policy.conf;
location = /keys {
    return 204;
}
--- must_die
the location for "/keys" is not internal: add "internal;" to it in server "localhost" (


=== TEST 3: several servers have it
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    key_request /keys; #<
    tenant acme;
}
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/conf/other.sock;
    server_name other;
    location = /keys {
        internal;
        return 204;
    }
}
--- config eval: $::Place
--- must_die
several servers have an internal location for "/keys": add "server=" and one of "other" (
"localhost" (


=== TEST 4: one of them is named
--- issuers eval: ::issuer('', 'key_request /keys server=other; key_timeout 1s;')
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/conf/other.sock;
    server_name other;
    location = /keys {
        internal;
        alias $TEST_NGINX_SERVER_ROOT/conf/other.json;
    }
}
--- config eval: $::Place
--- conf_files eval
['other.json' => jwks('other')]
--- signer: other


=== TEST 5: a server that does not exist
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    key_request /keys server=nowhere; #<
    tenant acme;
}
--- config eval: $::Place
--- must_die
there is no server "nowhere"


=== TEST 6: a server without the location
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    key_request /certs server=localhost; #<
    tenant acme;
}
--- config eval: $::Place
--- must_die
server "localhost" has no internal location for "/certs"


=== TEST 7: with arguments
--- issuers eval: ::issuer('', 'key_request "/keys?appid=7&x=y";')
--- config
include policy.conf;
location = /keys {
    internal;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/published$is_args$args;
}
location = /published {
    actor_token off;
    access_log off;
    if ($args != "appid=7&x=y") {
        return 404;
    }
    alias $TEST_NGINX_SERVER_ROOT/conf/published.json;
}
location /t {
    root html;
    try_files /index.html =404;
}
--- conf_files eval
['published.json' => jwks('one')]
--- signer: one


=== TEST 8: an address instead of a URI
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    key_request https://login.acme.example/keys; #<
    tenant acme;
}
--- config eval: $::Place
--- must_die
"key_request" takes the URI of an internal location, not "https://login.acme.example/keys": write "location = /keys { internal; proxy_pass https://...; }" and "key_request /keys"


=== TEST 9: a variable
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    key_request /keys/$host; #<
    tenant acme;
}
--- config eval: $::Place
--- must_die
"key_request" directive takes no variables


=== TEST 10: twice
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    key_request /keys;
    key_request /keys; #<
    tenant acme;
}
--- config eval: $::Place
--- must_die
"key_request" directive is duplicate


=== TEST 11: another parameter
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    key_request /keys host=x; #<
    tenant acme;
}
--- config eval: $::Place
--- must_die
invalid parameter "host=x" of "key_request": write "server=name"


=== TEST 12: {tenant}, and an issuer without one
--- issuers
actor_token_issuer acme { #<
    issuer https://login.acme.example;
    key_request "/keys/{tenant}";
    tenant acme;
}
--- config eval: $::Place
--- must_die
"{tenant}" in "key_request" needs one in "issuer" in "actor_token_issuer acme"


=== TEST 13: {tenant}, and no "tenants"
--- issuers
actor_token_issuer idp { #<
    issuer "https://idp.example/{tenant}/";
    key_request "/keys/{tenant}";
}
--- config eval: $::Place
--- must_die
"{tenant}" in "key_request" needs "tenants": name them, or write "any"


=== TEST 14: {tenant}, and keys of files
--- issuers
actor_token_issuer idp { #<
    issuer "https://idp.example/{tenant}/";
    key_request "/keys/{tenant}";
    jwks acme.jwks;
    tenants any;
}
--- config eval: $::Place
--- must_die
"{tenant}" in "key_request" gives every tenant keys of its own, which contradicts "jwks" and "key"


=== TEST 15: {tenant} twice
--- issuers
actor_token_issuer idp {
    issuer "https://idp.example/{tenant}/";
    key_request "/keys/{tenant}/{tenant}"; #<
    tenants any;
}
--- config eval: $::Place
--- must_die
"key_request" directive has a placeholder other than one "{tenant}"


=== TEST 16: another placeholder
--- issuers
actor_token_issuer idp {
    issuer "https://idp.example/{tenant}/";
    key_request "/keys/{realm}"; #<
    tenants any;
}
--- config eval: $::Place
--- must_die
"key_request" directive has a placeholder other than one "{tenant}"


=== TEST 17: whoever names a tenant would have it fetched
--- issuers eval: ::templated()
--- config
actor_token_audience https://api.example.com;
location /keys/ {
    internal;
    return 204;
}
location /t {
    actor_token test; #<
    actor_token_tenant off;
    root html;
}
--- must_die
"actor_token_tenant" is "off" here, so that whoever names a tenant could have the keys of the trusted issuer "idp" fetched: list its "tenants"


=== TEST 18: unless that issuer is not trusted there
--- issuers eval
::templated() . '
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}'
--- config
actor_token_audience https://api.example.com;
location /keys/ {
    internal;
    return 204;
}
location /t {
    actor_token test;
    actor_token_trust acme;
    actor_token_tenant off;
    root html;
    try_files /index.html =404;
}


=== TEST 19: or its tenants are listed
--- issuers eval
::templated('', 'tenants red;') . '
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}'
--- config
actor_token_audience https://api.example.com;
location /keys/ {
    internal;
    return 204;
}
location /t {
    actor_token test;
    actor_token_trust any;
    actor_token_tenant off;
    root html;
    try_files /index.html =404;
}


=== TEST 20: key_cache without key_request
--- issuer
key_cache 1h;
--- must_die
"key_cache" needs a "key_request" in "actor_token_issuer acme"


=== TEST 21: key_stale without key_request
--- issuer
key_stale 1h;
--- must_die
"key_stale" needs a "key_request" in "actor_token_issuer acme"


=== TEST 22: key_refetch without key_request
--- issuer
key_refetch 1m;
--- must_die
"key_refetch" needs a "key_request" in "actor_token_issuer acme"


=== TEST 23: key_timeout without key_request
--- issuer
key_timeout 1s;
--- must_die
"key_timeout" needs a "key_request" in "actor_token_issuer acme"


=== TEST 24: no time
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    key_request /keys;
    key_cache often; #<
    tenant acme;
}
--- config eval: $::Place
--- must_die
"key_cache" directive invalid value


=== TEST 25: a refetch for each request
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    key_request /keys;
    key_refetch 999ms; #<
    tenant acme;
}
--- config eval: $::Place
--- must_die
"key_refetch" directive must be at least 1s


=== TEST 26: a second is enough
--- issuers eval: ::issuer('key_refetch 1s; jwks acme.jwks;')
--- config eval: $::Place


=== TEST 27: a time twice
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    key_request /keys;
    key_stale 1h;
    key_stale 2h; #<
    tenant acme;
}
--- config eval: $::Place
--- must_die
"key_stale" directive is duplicate


=== TEST 28: the zone is too small
--- http_config
actor_token_key_zone 4k; #<
--- must_die
"actor_token_key_zone" is too small: write at least 32768


=== TEST 29: the smallest one
--- http_config
actor_token_key_zone 32k;
--- issuers eval: ::issuer('key_timeout 1s;')
--- config
include policy.conf;
location = /keys {
    internal;
    alias $TEST_NGINX_SERVER_ROOT/conf/published.json;
}
location /t {
    root html;
    try_files /index.html =404;
}
--- conf_files eval
['published.json' => jwks('one')]
--- signer: one


=== TEST 30: no key source
--- issuers
actor_token_issuer acme { #<
    issuer https://login.acme.example;
    tenant acme;
}
--- must_die
no source of keys in "actor_token_issuer acme": write "jwks", "key" or "key_request"


=== TEST 31: plain HTTP to elsewhere
--- issuers eval: ::issuer('key_timeout 0;')
--- config
include policy.conf;
location = /keys {
    internal;
    proxy_pass http://192.0.2.1/keys;
    proxy_connect_timeout 1s;
}
location /t {
    root html;
    try_files /index.html =404;
}
--- reason: keys_unavailable
--- warning
"key_request /keys" of issuer "acme": proxy_pass "http://192.0.2.1/keys"
is not https: whoever is on the way can put in other keys


=== TEST 32: to this machine
--- issuers eval: ::issuer('key_timeout 0;')
--- config
include policy.conf;
location = /keys {
    internal;
    proxy_pass http://127.0.0.1:1/keys;
}
location /t {
    root html;
    try_files /index.html =404;
}
--- reason: keys_unavailable
--- no_error_log
is not https


=== TEST 33: keys of a file serve while there are no others
--- issuers eval: ::issuer('jwks acme.jwks; key_timeout 10s;')
--- config
include policy.conf;
location = /keys {
    internal;
    proxy_pass http://127.0.0.1:1/keys;
}
location /t {
    root html;
    try_files /index.html =404;
}


=== TEST 34: and no others do
--- signer: other
--- reason: unknown_key


=== TEST 35: keys of a file, and fetched ones
--- issuers eval: ::issuer('jwks acme.jwks;')
--- config
include policy.conf;
location = /keys {
    internal;
    alias $TEST_NGINX_SERVER_ROOT/conf/published.json;
}
location /t {
    root html;
    try_files /index.html =404;
}
--- conf_files eval
['published.json' => jwks('one')]
--- signer: one


=== TEST 36: either verifies
--- signer: acme


=== TEST 37: algorithms whose keys are never fetched
--- issuers
actor_token_issuer acme { #<
    issuer https://login.acme.example;
    key_request /keys;
    algorithms HS256 HS512;
    tenant acme;
}
--- config eval: $::Place
--- must_die
"key_request" needs an algorithm other than HMAC in "algorithms", since a secret is never fetched, in "actor_token_issuer acme"
