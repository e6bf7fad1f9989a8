# limit_req in the documentation: each actor is counted, and what is refused is not.

use lib 't/lib', 't/80-docs';
use Test::Nginx::ActorToken;
use Docs;

# what the zone has counted stays for the next repetition

repeat_each(1);

run_tests();

__DATA__

=== TEST 1: an actor's second request is one too many
--- http_config eval: readme('limit')
--- config
root html;
--- more_headers
Host: api.example.com
--- claims
{"act": {"sub": "agent:one"}}
--- request eval
['GET /', 'GET /']
--- reason eval
['ok', '-']
--- error_code eval
[200, 503]
--- no_fingerprint


=== TEST 2: another actor has a count of its own
--- more_headers
Host: api.example.com
--- claims
{"act": {"sub": "agent:two"}}


=== TEST 3: what is refused anyway does not count
--- more_headers
Host: api.example.com
--- claims
{"act": {"sub": "agent:three"}, "aud": "x"}
--- request eval
['GET /', 'GET /', 'GET /']
--- reason eval
[('audience_mismatch') x 3]
--- challenge eval
[('Bearer realm="api", error="invalid_token"') x 3]


=== TEST 4: not for that actor either
--- more_headers
Host: api.example.com
--- claims
{"act": {"sub": "agent:three"}}
