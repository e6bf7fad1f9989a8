# The tenant that a request is for.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: from the host, by a map
--- http_config
map $host $tenant_of_host {
    acme.example.com  acme;
    beta.example.com  beta;
}
--- no_tenant_rule
--- issuer
tenant_claim tid;
--- policy
actor_token_tenant $tenant_of_host;
--- more_headers
Host: acme.example.com
--- claims
{"tid": "acme"}
--- vars
tenant: acme


=== TEST 2: another host
--- more_headers
Host: beta.example.com
--- claims
{"tid": "acme"}
--- reason: tenant_mismatch
--- logged
beta
acme


=== TEST 3: with its own tenant
--- more_headers
Host: beta.example.com
--- claims
{"tid": "beta"}
--- vars
tenant: beta


=== TEST 4: a host that the map does not know (standards 30: a decision of this module)
--- more_headers
Host: gamma.example.com
--- claims
{"tid": "acme"}
--- reason: tenant_unresolved


=== TEST 5: and a token without a tenant
--- more_headers
Host: gamma.example.com
--- reason: tenant_unresolved


=== TEST 6: an empty one is not equal to nothing
--- more_headers
Host: gamma.example.com
--- claims
{"tid": ""}
--- reason: tenant_unresolved


=== TEST 7: a constant
--- http_config
#
--- policy
actor_token_tenant acme;
--- vars
tenant: acme


=== TEST 8: another constant
--- policy
actor_token_tenant Acme;
--- reason: tenant_mismatch


=== TEST 9: text and a variable
--- policy
actor_token_tenant ac$arg_x;
--- request
GET /t?x=me
--- vars
tenant: acme


=== TEST 10: off
--- policy
actor_token_tenant off;
--- vars
tenant: acme


=== TEST 11: off, and a token of another tenant
--- no_tenant_rule
--- issuer
tenant_claim tid;
tenants beta;
--- policy
actor_token_tenant off;
--- claims
{"tid": "beta"}
--- vars
tenant: beta


=== TEST 12: the issuer's rule still holds: a token of none
--- reason: tenant_missing


=== TEST 13: and one of whom the issuer may not speak
--- claims
{"tid": "acme"}
--- reason: tenant_not_allowed


=== TEST 14: a location replaces the server's
--- config
include policy.conf;
location /t {
    actor_token_tenant beta;
    root html;
    try_files /index.html =404;
}
--- reason: tenant_mismatch


=== TEST 15: unset
--- config
location /t {
    actor_token test; #<
    actor_token_audience off;
}
--- must_die
actor_token_tenant


=== TEST 16: unset, in a server
--- config
actor_token test; #<
actor_token_audience off;
--- must_die
actor_token_tenant


=== TEST 17: an argument is noticed
--- policy
actor_token_tenant $arg_tenant; #<
--- request
GET /t?tenant=acme
--- notice
$arg_tenant


=== TEST 18: a header is noticed (standards 31: a decision of this module)
--- policy
actor_token_tenant $http_x_tenant; #<
--- more_headers
X-Tenant: acme
--- notice
$http_x_tenant


=== TEST 19: a cookie is noticed
--- policy
actor_token_tenant $cookie_tenant; #<
--- more_headers
Cookie: tenant=acme
--- notice
$cookie_tenant


=== TEST 20: a header with text around it is noticed
--- policy
actor_token_tenant t-${http_x_tenant}; #<
--- no_token
--- reason: missing
--- notice
http_x_tenant


=== TEST 21: $http_host is not
--- policy
actor_token_tenant $http_host;
--- more_headers
Host: acme
--- no_notice
$http_host


=== TEST 22: a constant is not
--- policy
actor_token_tenant acme;
--- http_config
# again
--- no_notice
actor_token_tenant


=== TEST 23: our own variables
--- policy
actor_token_tenant $actor_token_tenant; #<
--- must_die
$actor_token_tenant


=== TEST 24: of claims too
--- policy
actor_token_tenant x$actor_token_claim_tid; #<
--- must_die
actor_token_claim_tid


=== TEST 25: twice
--- policy
actor_token_tenant a;
actor_token_tenant b; #<
--- must_die
"actor_token_tenant" directive is duplicate


=== TEST 26: a constant that is empty is no tenant
--- policy
actor_token_tenant "";
--- reason: tenant_unresolved
