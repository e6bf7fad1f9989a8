# Passing the identity on, in the documentation.

use lib 't/lib', 't/80-docs';
use Test::Nginx::ActorToken;
use Docs;

run_tests();

__DATA__

=== TEST 1: what a client says is replaced
--- http_config eval: readme('upstream')
--- config
root html;
--- more_headers
Host: api.example.com
X-Subject: admin
X-Actor: root
x-actor-tenant: globex
X-Tenant: globex
--- response_body_like eval
qr{^X-Subject: user-1
X-Actor: agent-1
X-Actor-Tenant: acme
X-Tenant: acme
}m


=== TEST 2: and removed where nothing is checked
--- request
GET /public/
--- more_headers
Host: api.example.com
X-Subject: admin
X-Actor: root
x-actor-tenant: globex
X-Tenant: globex
--- no_token
--- reason: -
--- response_body_like eval
qr{^X-Subject: 
X-Actor: 
X-Actor-Tenant: 
X-Tenant: 
}m


=== TEST 3: a token does not help there
--- request
GET /public/
--- more_headers
Host: api.example.com
X-Actor: root
--- reason: -
--- no_fingerprint
--- response_body_like: (?m)^X-Actor: $


=== TEST 4: a location with a header of its own inherits none
--- http_config eval
readme('upstream') =~ s/(location \/public\/ \{)/$1 proxy_set_header X-Other 1;/r
--- config
root html;
--- request
GET /public/
--- more_headers
Host: api.example.com
X-Actor: root
--- no_token
--- reason: -
--- response_body_like: (?m)^X-Actor: root$


=== TEST 5: a preflight request passes
--- http_config eval: readme('cors')
--- config
root html;
--- request
OPTIONS /x
--- more_headers
Host: api.example.com
X-Actor: root
--- no_token
--- reason: -
--- response_body_like eval
qr{\AOPTIONS /x\n(?s:.*)^X-Actor: $}m


=== TEST 6: no other does
--- request
DELETE /x
--- more_headers
Host: api.example.com
--- no_token
--- reason: missing
--- challenge: Bearer realm="api"


=== TEST 7: without a token
--- request
DELETE /x
--- more_headers
Host: api.example.com
--- response_body_like eval
qr{\ADELETE /x\nAuthorization: \n(?s:.*)^X-Actor: agent-1$}m
