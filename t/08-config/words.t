# Words of another directive, and variables where none are evaluated.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: two unless=
--- issuer
actor_claim azp unless=a:b unless=c:d; #<
--- must_die
actor_claim


=== TEST 2: unless= in front
--- issuer
actor_claim unless=a:b azp; #<
--- must_die
actor_claim


=== TEST 3: something behind unless=
--- issuer
actor_claim azp unless=a:b x; #<
--- must_die
actor_claim


=== TEST 4: an empty name in the path
--- issuer
actor_claim azp ""; #<
--- must_die
actor_claim


=== TEST 5: a path and unless= behind it
--- issuer
actor_claim on azp unless=a:b;


=== TEST 6: actor_issuers any
--- issuer
actor_issuers any; #<
--- must_die
actor_issuers


=== TEST 7: a block's audience off
--- issuer
audience off; #<
--- must_die
audience


=== TEST 8: actors off
--- policy
actor_token_actors off; #<
--- must_die
off


=== TEST 9: a variable for an actor
--- policy
actor_token_actors $host; #<
--- must_die
$host


=== TEST 10: a prefix that any URL has
--- policy
actor_token_actors https:*; #<
--- must_die
https:*


=== TEST 11: a prefix of another kind of name
--- policy
actor_token_actors agent-*;


=== TEST 12: a claim's variable as the tenant
--- http_config
actor_token_claim_set $org tid;
--- config
location = /t {
    actor_token test; #<
    actor_token_audience https://api.example.com;
    actor_token_tenant "${org}";
    empty_gif;
}
--- must_die
$org


=== TEST 13: a claim's variable as an audience, set further down
--- config
location = /t {
    actor_token test; #<
    actor_token_audience a $Org;
    actor_token_tenant acme;
    empty_gif;
}
--- http_config
actor_token_claim_set $ORG tid;
--- must_die
$org


=== TEST 14: one with a longer name
--- http_config
actor_token_claim_set $org tid;
map $host $organisation { default acme; }
--- policy
actor_token_tenant $organisation;


=== TEST 15: a claim's variable as the token
--- http_config
actor_token_claim_set $org tid;
--- config
location = /t {
    actor_token test token=$org; #<
    actor_token_audience off;
    actor_token_tenant acme;
    empty_gif;
}
--- must_die
$org


=== TEST 16: another variable
--- http_config
actor_token_claim_set $org tid;
map $http_x_token $organ { default $http_x_token; }
--- policy
actor_token test token=$organ;
--- more_headers
X-Token: $TOKEN


=== TEST 17: token= with more than a variable
--- policy
actor_token test token=$http_x-token; #<
--- must_die
"token=$http_x-token" is not the name of one variable


=== TEST 18: a variable in issuer
--- http_config
actor_token_issuer variable {
    issuer https://$host/; #<
    jwks acme.jwks;
    tenant acme;
}
--- must_die
"issuer"
without variables


=== TEST 19: a variable in tenant
--- no_tenant_rule
--- issuer
tenant $host; #<
--- must_die
"tenant"
without variables


=== TEST 20: a variable in tenants
--- no_tenant_rule
--- issuer
tenant_claim tid;
tenants acme t$host; #<
--- must_die
"tenants"
without variables


=== TEST 21: a variable in audience
--- issuer
audience api-$host; #<
--- must_die
"audience"
variables


=== TEST 22: a variable in actor_token_scope
--- policy
actor_token_scope read $scope; #<
--- must_die
"actor_token_scope"
without variables


=== TEST 23: a variable in iss=
--- policy
actor_token_actors iss=https://$host agent-1; #<
--- must_die
"iss="
without variables
