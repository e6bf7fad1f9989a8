# The tenants that an issuer may speak for.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: the first of the list
--- no_tenant_rule
--- issuer
tenant_claim tid;
tenants acme beta;
tenants gamma;
--- policy
actor_token_tenant $arg_tenant;
--- request
GET /t?tenant=acme
--- claims
{"tid": "acme"}
--- vars
tenant: acme


=== TEST 2: one of a second directive
--- request
GET /t?tenant=gamma
--- claims
{"tid": "gamma"}
--- vars
tenant: gamma


=== TEST 3: none of them
--- request
GET /t?tenant=delta
--- claims
{"tid": "delta"}
--- reason: tenant_not_allowed
--- logged
issuer: "acme"
delta


=== TEST 4: is told before the request's tenant is compared
--- request
GET /t?tenant=acme
--- claims
{"tid": "delta"}
--- reason: tenant_not_allowed


=== TEST 5: case matters
--- request
GET /t?tenant=ACME
--- claims
{"tid": "ACME"}
--- reason: tenant_not_allowed


=== TEST 6: any
--- no_tenant_rule
--- issuer
tenant_claim tid;
tenants any;
--- policy
actor_token_tenant $arg_tenant;
--- request
GET /t?tenant=delta
--- claims
{"tid": "delta"}
--- vars
tenant: delta


=== TEST 7: a template
--- issuers
actor_token_issuer cloud {
    issuer "https://login.cloud.example/{tenant}";
    jwks acme.jwks;
    tenants acme;
}
--- policy
actor_token_tenant $arg_tenant;
--- request
GET /t?tenant=acme
--- claims
{"iss": "https://login.cloud.example/acme"}
--- vars
tenant: acme


=== TEST 8: a template with a label that is not listed
--- request
GET /t?tenant=beta
--- claims
{"iss": "https://login.cloud.example/beta"}
--- reason: tenant_not_allowed


=== TEST 9: any among others
--- no_tenant_rule
--- issuer
tenant_claim tid;
tenants acme any; #<
--- must_die
any


=== TEST 10: a tenant that another block may assert too
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
actor_token_issuer shared {
    issuer https://login.shared.example;
    jwks shared.jwks;
    tenant_claim tid;
    tenants beta acme;
}
--- policy
actor_token_trust any;
--- notice
acme
shared


=== TEST 11: blocks that share none
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
actor_token_issuer shared {
    issuer https://login.shared.example;
    jwks shared.jwks;
    tenant_claim tid;
    tenants beta gamma;
}
--- policy
actor_token_trust any;
--- no_notice
"beta"
"gamma"


=== TEST 12: a list beside "any" of another block
--- issuers
actor_token_issuer listed {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant_claim tid;
    tenants acme;
}
actor_token_issuer open {
    issuer https://login.shared.example;
    jwks shared.jwks;
    tenant_claim tid;
}
--- policy
actor_token_trust any;
--- claims
{"tid": "acme"}
--- notice
acme
open


=== TEST 13: one tenant of two blocks
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
actor_token_issuer beta {
    issuer https://login.beta.example;
    jwks beta.jwks;
    tenant beta;
}
actor_token_issuer agents {
    issuer https://agents.acme.example;
    jwks shared.jwks;
    tenant acme;
}
--- policy
actor_token_trust any;
--- notice
tenant "acme" of issuer "acme" may be asserted by issuer "agents" too
--- no_notice
"beta"


=== TEST 14: a block of one tenant beside "any" of another
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
actor_token_issuer open {
    issuer https://login.shared.example;
    jwks shared.jwks;
    tenant_claim tid;
}
--- policy
actor_token_trust any;
--- notice
issuer "open" may assert any tenant, "acme" of issuer "acme" among them


=== TEST 15: thousands of them: the last
--- no_tenant_rule
--- issuer eval
"tenant_claim tid;\ntenants " . join("\n", map { "tenant-$_" } 1 .. 5000) . ';'
--- policy
actor_token_tenant $arg_tenant;
--- request
GET /t?tenant=tenant-5000
--- claims
{"tid": "tenant-5000"}
--- vars
tenant: tenant-5000


=== TEST 16: one more
--- request
GET /t?tenant=tenant-5001
--- claims
{"tid": "tenant-5001"}
--- reason: tenant_not_allowed
--- logged
tenant-5001
