# A location that answers by "return", in the documentation.

use lib 't/lib', 't/80-docs';
use Test::Nginx::ActorToken;
use Docs;

run_tests();

__DATA__

=== TEST 1: with a token that passes
--- http_config eval: readme('return')
--- config
root html;
--- request
GET /whoami
--- more_headers
Host: api.example.com
--- reason: -
--- no_fingerprint
--- response_body
agent-1 for user-1


=== TEST 2: with one that does not
--- request
GET /whoami
--- more_headers
Host: api.example.com
--- claims
{"aud": "https://www.example.com"}
--- reason: -
--- no_fingerprint
--- error_code: 403


=== TEST 3: with none
--- request
GET /whoami
--- more_headers
Host: api.example.com
--- no_token
--- reason: -
--- error_code: 403


=== TEST 4: without the question "return" answers everybody
--- http_config eval
readme('return') =~ s/if \(.*?\}//sr
--- config
root html;
--- request
GET /whoami
--- more_headers
Host: api.example.com
--- no_token
--- reason: -
--- response_body eval
" for \n"
