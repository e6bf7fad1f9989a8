# With "satisfy any" auth_request can admit what this module has refused.

use lib 't/lib';
use Test::Nginx::ActorToken;

if (!nginx_has('http_auth_request_module')) {
    Test::More::plan(skip_all => 'no auth_request in this nginx');
}

run_tests();

__DATA__

=== TEST 1: it admits a request that a third module has refused too
--- config
root html;
location = /t {
    include rules.conf;
    actor_token test token=$http_x_token;
    satisfy any;
    auth_basic basic;
    auth_basic_user_file users;
    auth_request /sub;
    try_files /index.html =404;
}
location = /sub {
    return 204;
}
--- conf_files eval
['users' => "user:{PLAIN}secret\n"]
--- no_token
--- more_headers
Authorization: Basic dXNlcjp3cm9uZw==
--- reason: missing
--- error_code: 200
--- challenge: -
