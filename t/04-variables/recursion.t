# A policy that depends, through a map, on its own outcome is empty, and does no harm.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: the audience
--- http_config
map $actor_token_subject $aud {
    volatile;
    default "none";
    ""      "";
    "user-1" "https://api.example.com";
}
map "$actor_token_tenant$actor_token_actor" $tenant_of {
    volatile;
    default "acme";
    ""      "";
}
map $actor_token_subject $token_of {
    volatile;
    default $http_x_token;
    ""      "";
}
map $actor_token_status $realm_of {
    volatile;
    default "[$actor_token_status]";
}
--- config
include rules.conf;
root html;
location = /audience {
    actor_token test;
    actor_token_audience $aud;
    try_files /index.html =404;
}
location = /tenant {
    actor_token test;
    actor_token_tenant $tenant_of;
    try_files /index.html =404;
}
location = /source {
    actor_token test token=$token_of;
    try_files /index.html =404;
}
location = /federation {
    actor_token test;
    actor_token_federation $tenant_of;
    try_files /index.html =404;
}
location = /require {
    actor_token test;
    actor_token_require $actor_token_subject $actor_token_claim_sub $aud;
    try_files /index.html =404;
}
--- request
GET /audience
--- reason: audience_mismatch


=== TEST 2: the tenant
--- request
GET /tenant
--- reason: tenant_unresolved


=== TEST 3: the token
--- request
GET /source
--- more_headers
X-Token: $TOKEN
--- reason: missing
--- no_fingerprint


=== TEST 4: federation
--- request
GET /federation


=== TEST 5: a requirement sees what was accepted so far
--- request
GET /require


=== TEST 6: but only once everything else has held
--- request
GET /require
--- claims
{"aud": "x"}
--- reason: audience_mismatch
