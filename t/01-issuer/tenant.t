# A single-tenant issuer: all of its tokens belong to its tenant.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: the tenant of the block
--- vars
tenant: acme


=== TEST 2: a claim that names another tenant means nothing here
--- claims
{"tid": "beta", "tenant": "beta"}
--- vars
tenant: acme


=== TEST 3: the tenant is not this request's
--- policy
actor_token_tenant beta;
--- reason: tenant_mismatch
--- logged
issuer: "acme"
beta
acme


=== TEST 4: tenant off, where nothing compares tenants
--- no_tenant_rule
--- issuer
tenant off;
--- config
actor_token test;
actor_token_audience https://api.example.com;
actor_token_tenant off;
root html;
location = /t { try_files /index.html =404; }
--- vars
tenant:


=== TEST 5: tenant off, though the location compares
--- no_tenant_rule
--- issuer
tenant off;
--- must_die
actor_token_tenant
acme


=== TEST 6: tenant off, though one location of several compares
--- no_tenant_rule
--- issuer
tenant off;
--- config
actor_token test;
actor_token_audience off;
actor_token_tenant off;
location /strict {
    actor_token_tenant acme;
}
--- must_die
actor_token_tenant


=== TEST 7: that location may trust another issuer
--- issuers
actor_token_issuer none {
    issuer https://login.none.example;
    jwks none.jwks;
    tenant off;
}
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
--- config
actor_token test;
actor_token_audience off;
actor_token_tenant off;
location = /strict {
    actor_token_tenant acme;
    actor_token_trust acme;
    root html;
    try_files /index.html =404;
}
--- request
GET /strict
--- vars
tenant: acme


=== TEST 8: an empty tenant
--- no_tenant_rule
--- issuer
tenant ""; #<
--- must_die
tenant


=== TEST 9: beside tenant_claim
--- issuer
tenant_claim tid;
--- must_die
tenant_claim


=== TEST 10: beside a template
--- issuers
actor_token_issuer cloud {
    issuer "https://login.cloud.example/{tenant}";
    jwks cloud.jwks;
    tenant acme;
}
--- must_die
tenant


=== TEST 11: off beside tenant_claim
--- no_tenant_rule
--- issuer
tenant off;
tenant_claim tid;
--- must_die
tenant_claim


=== TEST 12: twice
--- issuer
tenant beta; #<
--- must_die
"tenant" directive is duplicate
