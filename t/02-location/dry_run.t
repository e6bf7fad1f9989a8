# A dry run only records.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: a good token
--- policy
actor_token_dry_run on;
--- vars
subject: user-1


=== TEST 2: none
--- no_token
--- reason: missing
--- verdict: REJECTED_DRY_RUN
--- audit
{"accepted": false, "http_status": 200, "status": "REJECTED_DRY_RUN"}


=== TEST 3: an expired one
--- claims
{"exp": "now-100", "iat": "now-200"}
--- reason: expired
--- verdict: REJECTED_DRY_RUN
--- audit
{"sub": "user-1"}


=== TEST 4: what would be 400
--- no_token
--- authorization: Bearer
--- reason: malformed_request
--- verdict: REJECTED_DRY_RUN


=== TEST 5: another's actor
--- policy
actor_token_dry_run on;
actor_token_actors agent-2;
--- reason: actor_not_allowed
--- verdict: REJECTED_DRY_RUN


=== TEST 6: headers stay in place
--- config
include policy.conf;
actor_token_dry_run on;
location /t { proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock; }
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / { return 200 "$http_authorization"; }
}
--- response_body_like: ^Bearer ey


=== TEST 7: on a rejection too
--- claims
{"exp": "now-100", "iat": "now-200"}
--- reason: expired
--- verdict: REJECTED_DRY_RUN
--- response_body_like: ^Bearer ey


=== TEST 8: other access modules still decide
--- policy
actor_token_dry_run on;
deny all;
--- error_code: 403
--- no_error_log
--- log_lines: 0


=== TEST 9: a rejection does not either
--- policy
actor_token_dry_run on;
allow all;
--- no_token
--- reason: missing
--- verdict: REJECTED_DRY_RUN


=== TEST 10: satisfy any is not satisfied by a dry run
--- policy
actor_token_dry_run on;
satisfy any;
deny all;
--- error_code: 403


=== TEST 11: off below
--- config
include policy.conf;
actor_token_dry_run on;
location /t {
    actor_token_dry_run off;
    root html;
    try_files /index.html =404;
}
--- no_token
--- reason: missing


=== TEST 12: noticed
--- policy
actor_token_dry_run on; #<
--- notice
actor_token_dry_run


=== TEST 13: off is not
--- policy
actor_token_dry_run off;
--- no_notice
actor_token_dry_run


=== TEST 14: another word
--- policy
actor_token_dry_run yes; #<
--- must_die
actor_token_dry_run


=== TEST 15: a rejection is logged all the same
--- policy
actor_token_dry_run on;
--- claims
{"exp": "now-100", "iat": "now-200"}
--- reason: expired
--- verdict: REJECTED_DRY_RUN
--- error_log
actor token rejected (dry run): expired
