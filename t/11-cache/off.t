# actor_token_cache off, and sizes.

use lib 't/lib';
use Test::Nginx::ActorToken;

our $token = token();

run_tests();

__DATA__

=== TEST 1: nothing is remembered
--- http_config
actor_token_cache off;
--- token eval: $::token
--- vars
cache_status:


=== TEST 2: and the fingerprint is known all the same
--- token eval: $::token
--- vars eval
"cache_status:
fingerprint: " . fingerprint($::token)


=== TEST 3: a size
--- http_config
actor_token_cache 32k;


=== TEST 4: too small a size
--- http_config
actor_token_cache 31k; #<
--- must_die
"actor_token_cache 31k" is too small
at least 32768, or "off"


=== TEST 5: no size
--- http_config
actor_token_cache on; #<
--- must_die
invalid size "on" in "actor_token_cache"
"8m", or "off"


=== TEST 6: twice
--- http_config
actor_token_cache 1m;
actor_token_cache off; #<
--- must_die
"actor_token_cache" directive is duplicate


=== TEST 7: not in a server
--- config
actor_token_cache 1m; #<
--- must_die
"actor_token_cache" directive is not allowed here
