# actor_token_claim_set in the documentation.

use lib 't/lib', 't/80-docs';
use Test::Nginx::ActorToken;
use Docs;

run_tests();

__DATA__

=== TEST 1: a nested claim
--- http_config eval: readme('claim-set')
--- config
root html;
--- more_headers
Host: api.example.com
--- claims
{"org": {"team": "blue"}}
--- response_body_like: (?m)^X-Team: blue$


=== TEST 2: without it what the client says is removed
--- more_headers
Host: api.example.com
X-Team: red
--- response_body_like: (?m)^X-Team: $


=== TEST 3: a refused token
--- more_headers
Host: api.example.com
--- claims
{"org": {"team": "blue"}, "aud": "x"}
--- reason: audience_mismatch
--- challenge: Bearer realm="api", error="invalid_token"
