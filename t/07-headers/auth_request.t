# The upstream of auth_request sees no token: the check runs before.

use lib 't/lib';
use Test::Nginx::ActorToken;

if (!nginx_has('http_auth_request_module')) {
    Test::More::plan(skip_all => 'no auth_request in this nginx');
}

run_tests();

__DATA__

=== TEST 1: the token is taken out
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / {
        if ($http_authorization) { return 403; }
        return 204;
    }
}
--- config
include policy.conf;
location /t {
    auth_request /auth;
    root html;
    try_files /index.html =404;
}
location = /auth {
    internal;
    actor_token off;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}


=== TEST 2: unless it is forwarded
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / {
        if ($http_authorization) { return 403; }
        return 204;
    }
}
--- config
include policy.conf;
location /t {
    actor_token_forward on;
    auth_request /auth;
    root html;
    try_files /index.html =404;
}
location = /auth {
    internal;
    actor_token off;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
--- error_code: 403
