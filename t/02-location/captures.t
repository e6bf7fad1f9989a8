# Directives see the captures of the location, and leave them to it: a map with
# a regex, as most make a tenant from the host, has others.

use lib 't/lib';
use Test::Nginx::ActorToken;

our $token = token();

run_tests();

__DATA__

=== TEST 1: a map for the tenant, and captures of the location
--- http_config
map $host $tenant_of_host { ~^(\w+)\.example$ $1; }
--- config
location ~ ^/t/(\w+)/(\w+)$ {
    actor_token test;
    actor_token_audience https://api.example.com;
    actor_token_tenant $tenant_of_host;
    add_header X-Captures $1-$2;
    root html;
    try_files /index.html =404;
}
--- request
GET /t/users/alice
--- more_headers
Host: acme.example
--- response_headers
X-Captures: users-alice


=== TEST 2: a capture as the tenant, after a map for the audience
--- http_config
map $host $audience_of_host { ~^(\w+)\.example$ https://api.example.com; }
--- config
location ~ ^/t/(\w+)$ {
    actor_token test;
    actor_token_audience $audience_of_host;
    actor_token_tenant $1;
    root html;
    try_files /index.html =404;
}
--- request
GET /t/acme
--- more_headers
Host: globex.example


=== TEST 3: nor is it the other way round
--- http_config
map $host $audience_of_host { ~^(\w+)\.example$ https://api.example.com; }
--- config
location ~ ^/t/(\w+)$ {
    actor_token test;
    actor_token_audience $audience_of_host;
    actor_token_tenant $1;
    root html;
    try_files /index.html =404;
}
--- request
GET /t/globex
--- more_headers
Host: acme.example
--- reason: tenant_mismatch


=== TEST 4: a map for the token, the realm, a requirement and federation
--- http_config
map $http_x_actor_token $token_of_header { ~^(.*)$ $1; }
map $host $realm { ~^(\w+)\.example$ $1; }
map $host $fit { ~^(\w+)\.example$ 1; }
map $host $partner { ~^(\w+)\.example$ partner; }
--- config
location ~ ^/t/(\w+)$ {
    actor_token $realm token=$token_of_header;
    actor_token_audience https://api.example.com;
    actor_token_tenant $1;
    actor_token_federation $partner;
    actor_token_require $fit;
    add_header X-Captures $1;
    root html;
    try_files /index.html =404;
}
--- token eval: $::token
--- authorization eval: ''
--- request
GET /t/acme
--- more_headers eval
"Host: globex.example\nX-Actor-Token: $::token"
--- response_headers
X-Captures: acme


=== TEST 5: before the access phase
--- http_config
map $host $tenant_of_host { ~^(\w+)\.example$ $1; }
--- config
location ~ ^/t/(\w+)$ {
    actor_token test;
    actor_token_audience https://api.example.com;
    actor_token_tenant $tenant_of_host;
    set $early "$1 $actor_token_subject $1";
    add_header X-Early $early;
    root html;
    try_files /index.html =404;
}
--- request
GET /t/users
--- more_headers
Host: acme.example
--- response_headers
X-Early: users user-1 users
