# The template in the documentation.

use lib 't/lib', 't/80-docs';
use Test::Nginx::ActorToken;
use Docs;

run_tests();

__DATA__

=== TEST 1: the tenant is what stands in its place
--- issuers eval: readme('template')
--- signer: login
--- claims
{"iss": "https://login.example.com/acme/v2.0"}
--- vars
tenant: acme
issuer_name: login


=== TEST 2: another tenant
--- signer: login
--- claims
{"iss": "https://login.example.com/globex/v2.0"}
--- reason: tenant_mismatch


=== TEST 3: one that is not listed
--- signer: login
--- claims
{"iss": "https://login.example.com/initech/v2.0"}
--- reason: tenant_not_allowed


=== TEST 4: two segments
--- signer: login
--- claims
{"iss": "https://login.example.com/acme/x/v2.0"}
--- reason: untrusted_issuer
