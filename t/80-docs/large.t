# Tokens that are longer than nginx takes by default, in the documentation.

use lib 't/lib', 't/80-docs';
use Test::Nginx::ActorToken;
use Docs;

run_tests();

__DATA__

=== TEST 1: a token of 10k
--- http_config eval: readme('large')
--- claims eval
{ groups => ['g' x 7000] }


=== TEST 2: one of more than 16k
--- claims eval
{ groups => ['g' x 12000] }
--- reason: -
--- error_code: 400
--- logs_token


=== TEST 3: the same by default: as much as nginx takes
--- policy
actor_token_delegation required;
--- claims eval
{ groups => ['g' x 5500] }


=== TEST 4: and more
--- claims eval
{ groups => ['g' x 7000] }
--- reason: -
--- error_code: 400
--- logs_token


=== TEST 5: if nginx takes more, the module does not yet
--- http_config
large_client_header_buffers 4 16k;
--- claims eval
{ groups => ['g' x 7000] }
--- reason: too_large
