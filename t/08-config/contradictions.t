# Whatever contradicts itself, or can mean nothing, is refused with its line.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: nothing would be accepted
--- issuer
max_lifetime 0; #<
--- must_die
max_lifetime


=== TEST 2: tenants: any, then a list
--- no_tenant_rule
--- issuer
tenant_claim tid;
tenants any;
tenants acme; #<
--- must_die
tenants


=== TEST 3: a list, then any
--- no_tenant_rule
--- issuer
tenant_claim tid;
tenants acme;
tenants any; #<
--- must_die
tenants


=== TEST 4: an empty tenant in the list
--- no_tenant_rule
--- issuer
tenant_claim tid;
tenants acme ""; #<
--- must_die
tenants


=== TEST 5: an actor issuer is no template
--- issuer
actor_issuers "https://agents.example/{tenant}"; #<
--- must_die
actor_issuers


=== TEST 6: actors where delegation is forbidden
--- policy
actor_token_delegation forbidden;
actor_token_actors agent-1; #<
--- must_die
actor_token_actors


=== TEST 7: forbidden where there are actors
--- policy
actor_token_actors agent-1;
actor_token_delegation forbidden; #<
--- must_die
actor_token_delegation


=== TEST 8: actors of the level outside are no contradiction
--- config
include policy.conf;
actor_token_actors agent-1;
location /t {
    actor_token_delegation forbidden;
    root html;
    try_files /index.html =404;
}
--- claims
{"act": "(absent)"}


=== TEST 9: actors: any, then a pattern
--- policy
actor_token_actors any;
actor_token_actors agent-1; #<
--- must_die
actor_token_actors


=== TEST 10: a pattern, then any
--- policy
actor_token_actors agent-1;
actor_token_actors any; #<
--- must_die
actor_token_actors


=== TEST 11: requirements: off, then one
--- policy
actor_token_require off;
actor_token_require $arg_a; #<
--- must_die
actor_token_require


=== TEST 12: one, then off
--- policy
actor_token_require $arg_a;
actor_token_require off; #<
--- must_die
actor_token_require


=== TEST 13: a code that comes before the values
--- policy
actor_token_require error=401 $arg_a; #<
--- must_die
actor_token_require


=== TEST 14: iss= without an identifier
--- policy
actor_token_actors iss= agent-1; #<
--- must_die
iss=


=== TEST 15: issuer= without a name
--- policy
actor_token_actors issuer= agent-1; #<
--- must_die
issuer=


=== TEST 16: an empty pattern
--- policy
actor_token_actors ""; #<
--- must_die
actor_token_actors


=== TEST 17: several scopes in one word
--- policy
actor_token_scope "read write"; #<
--- must_die
read write


=== TEST 18: a claim without a name
--- http_config
actor_token_claim_set $c ""; #<
--- must_die
actor_token_claim_set


=== TEST 19: a type without a name
--- issuer
type ""; #<
--- must_die
type


=== TEST 20: a path with an empty name
--- issuer
subject_claim user ""; #<
--- must_die
subject_claim


=== TEST 21: a required claim with an empty path
--- issuer
require_claim ""; #<
--- must_die
require_claim


=== TEST 22: algorithms without a fitting key, though the file is good
--- issuer
algorithms HS256;
--- must_die
acme.jwks


=== TEST 23: a single tenant that is not on the list
--- issuers
actor_token_issuer acme { #<
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
    tenants globex initech;
}
--- must_die
"tenant" contradicts "tenants"


=== TEST 24: one that is
--- issuer
tenants globex acme;


=== TEST 25: a required value, and then more of the path
--- issuer
require_claim org =a name; #<
--- must_die
require_claim


=== TEST 26: the path first
--- issuer
require_claim org name =a;
--- claims
{"org": {"name": "a"}}
