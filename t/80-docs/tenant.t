# The tenant made from the host, in the documentation, and the line of the error log
# that is shown there.

use lib 't/lib', 't/80-docs';
use Test::Nginx::ActorToken;
use Docs;

run_tests();

__DATA__

=== TEST 1: the host of the token's tenant
--- http_config eval: readme('tenant')
--- config
root html;
--- more_headers
Host: acme.example.com


=== TEST 2: another tenant's; the log says what the documentation shows
--- more_headers
Host: globex.example.com
--- reason: tenant_mismatch
--- challenge: Bearer realm="api", error="invalid_token"
--- logged eval
join "\n", map { s/"acme-1"/"acme"/r } split /(?<=fingerprint: ).*/s, shown('error-line')


=== TEST 3: nobody's
--- more_headers
Host: www.example.com
--- reason: tenant_unresolved
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 4: no token of another issuer helps
--- more_headers
Host: globex.example.com
--- claims
{"iss": "https://login.globex.example", "tenant": "globex"}
--- reason: untrusted_issuer
--- challenge: Bearer realm="api", error="invalid_token"
