# The level at which rejections are logged.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: error is the default
--- claims
{"exp": "now-100", "iat": "now-200"}
--- reason: expired
--- logged_level: error


=== TEST 2: missing is logged at info
--- no_token
--- reason: missing
--- logged_level: info


=== TEST 3: warn
--- policy
actor_token_log_level warn;
--- claims
{"exp": "now-100", "iat": "now-200"}
--- reason: expired
--- logged_level: warn


=== TEST 4: missing is still info
--- no_token
--- reason: missing
--- logged_level: info


=== TEST 5: notice
--- policy
actor_token_log_level notice;
--- claims
{"exp": "now-100", "iat": "now-200"}
--- reason: expired
--- logged_level: notice


=== TEST 6: info
--- policy
actor_token_log_level info;
--- claims
{"exp": "now-100", "iat": "now-200"}
--- reason: expired
--- logged_level: info


=== TEST 7: below the error_log's own level nothing is written
--- log_level: warn
--- policy
actor_token_log_level notice;
--- claims
{"exp": "now-100", "iat": "now-200"}
--- reason: expired
--- log_lines: 0


=== TEST 8: from the server
--- config
include policy.conf;
actor_token_log_level warn;
location /t { root html; try_files /index.html =404; }
--- claims
{"exp": "now-100", "iat": "now-200"}
--- reason: expired
--- logged_level: warn


=== TEST 9: replaced in a location
--- config
include policy.conf;
actor_token_log_level warn;
location /t {
    actor_token_log_level error;
    root html;
    try_files /index.html =404;
}
--- claims
{"exp": "now-100", "iat": "now-200"}
--- reason: expired
--- logged_level: error


=== TEST 10: an unknown level
--- policy
actor_token_log_level debug; #<
--- must_die
debug


=== TEST 11: one that would be an alarm
--- policy
actor_token_log_level crit; #<
--- must_die
crit
