# actor_token_threads in the configuration.

use lib 't/lib';
use Test::Nginx::ActorToken;

plan(skip_all => 'nginx has no threads') unless nginx_has('threads');

run_tests();

__DATA__

=== TEST 1: a pool of its own
--- main_config
thread_pool checks threads=2;
--- http_config
actor_token_threads checks;


=== TEST 2: a pool that does not exist
--- http_config
actor_token_threads none;
--- must_die
unknown thread pool "none"


=== TEST 3: twice
--- policy
actor_token_threads default;
actor_token_threads off; #<
--- must_die
"actor_token_threads" directive is duplicate


=== TEST 4: a variable
--- policy
actor_token_threads $host; #<
--- must_die
takes the name of a "thread_pool", without variables


=== TEST 5: a queue that is full does not refuse anybody
--- main_config
thread_pool checks threads=1 max_queue=1;
--- http_config
actor_token_threads checks;
--- pipelined_requests eval
[('GET /t') x 6]
--- reason eval
[('ok') x 6]


=== TEST 6: in an "if"
--- config
include policy.conf;
root html;
location /index.html {
    if ($args) {
        actor_token_threads default;
    }
}
--- request
GET /index.html?x
