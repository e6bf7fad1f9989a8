# A claimed issuer: a signed claim names the tenant.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: a claim
--- no_tenant_rule
--- issuer
tenant_claim tid;
--- claims
{"tid": "acme"}
--- vars
tenant: acme


=== TEST 2: another tenant (standards 29: a decision of this module)
--- claims
{"tid": "beta"}
--- reason: tenant_mismatch
--- audit
{"tenant": "beta"}


=== TEST 3: case matters
--- claims
{"tid": "Acme"}
--- reason: tenant_mismatch


=== TEST 4: a prefix is another tenant
--- claims
{"tid": "acm"}
--- reason: tenant_mismatch


=== TEST 5: as is anything after a NUL
--- claims eval
{tid => "acme\0"}
--- reason: bad_claim


=== TEST 6: absent (standards 30: a decision of this module)
--- reason: tenant_missing


=== TEST 7: empty
--- claims
{"tid": ""}
--- reason: tenant_missing


=== TEST 8: a number (standards 30: a decision of this module)
--- claims
{"tid": 7}
--- reason: bad_claim


=== TEST 9: an array with the tenant in it
--- claims
{"tid": ["acme"]}
--- reason: bad_claim


=== TEST 10: an object
--- claims
{"tid": {"acme": true}}
--- reason: bad_claim


=== TEST 11: a path into nested objects
--- no_tenant_rule
--- issuer
tenant_claim "https://acme.example/org" id;
--- claims
{"https://acme.example/org": {"id": "acme"}}
--- vars
tenant: acme


=== TEST 12: the path ends too early
--- claims
{"https://acme.example/org": {"name": "acme"}}
--- reason: tenant_missing


=== TEST 13: a name with a dot is no path
--- claims
{"https://acme.example/org.id": "acme"}
--- reason: tenant_missing


=== TEST 14: no path leads through a string
--- claims
{"https://acme.example/org": "id"}
--- reason: tenant_missing


=== TEST 15: a name may have any characters
--- no_tenant_rule
--- issuer
tenant_claim urn:zitadel:iam:org:id;
--- claims
{"urn:zitadel:iam:org:id": "acme"}
--- vars
tenant: acme


=== TEST 16: null is no string
--- claims
{"urn:zitadel:iam:org:id": null}
--- reason: bad_claim
