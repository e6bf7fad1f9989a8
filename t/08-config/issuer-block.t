# The issuer block as a piece of configuration.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: behind the servers that use it
--- issuers
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/early.sock;
    include policy.conf;
    actor_token_trust acme;
}
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}


=== TEST 2: include inside
--- issuers
actor_token_issuer acme {
    include issuer.inc;
}
--- conf_files eval
['issuer.inc' => "issuer https://login.acme.example;\njwks acme.jwks;\ntenant acme;\n",
 'acme.jwks' => jwks('acme')]


=== TEST 3: in a server
--- config
actor_token_issuer beta { #<
    issuer https://login.beta.example;
}
--- must_die
"actor_token_issuer" directive is not allowed here


=== TEST 4: without issuer
--- issuers
actor_token_issuer acme { #<
    jwks acme.jwks;
    tenant acme;
}
--- must_die
acme
issuer


=== TEST 5: without a key source
--- issuers
actor_token_issuer acme { #<
    issuer https://login.acme.example;
    tenant acme;
}
--- must_die
acme
jwks


=== TEST 6: without a tenant rule
--- issuers
actor_token_issuer acme { #<
    issuer https://login.acme.example;
    jwks acme.jwks;
}
--- must_die
acme
tenant


=== TEST 7: without a name
--- issuers
actor_token_issuer { #<
    issuer https://login.acme.example;
}
--- must_die
invalid number of arguments in "actor_token_issuer" directive


=== TEST 8: an unknown directive
--- issuer
colour green; #<
--- must_die
unknown directive "colour"


=== TEST 9: a directive of nginx
--- issuer
root html; #<
--- must_die
root


=== TEST 10: too few arguments
--- issuer
leeway; #<
--- must_die
invalid number of arguments in "leeway" directive


=== TEST 11: too many arguments
--- issuer
leeway 1s 2s; #<
--- must_die
invalid number of arguments in "leeway" directive


=== TEST 12: the same name twice
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
actor_token_issuer acme { #<
    issuer https://login.beta.example;
    jwks beta.jwks;
    tenant beta;
}
--- must_die
acme


=== TEST 13: the same literal issuer twice
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
actor_token_issuer beta { #<
    issuer https://login.acme.example;
    jwks beta.jwks;
    tenant beta;
}
--- must_die
https://login.acme.example


=== TEST 14: differing by case they are two
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
actor_token_issuer beta {
    issuer https://login.ACME.example;
    jwks beta.jwks;
    tenant beta;
}
--- policy
actor_token_trust any;


=== TEST 15: two templates that can match one iss
--- issuers
actor_token_issuer one {
    issuer "https://login.cloud.example/{tenant}/v2.0";
    jwks acme.jwks;
}
actor_token_issuer two {
    issuer "https://{tenant}.cloud.example/a/v2.0";
    jwks beta.jwks;
}
--- must_die
one
two


=== TEST 16: the same template twice
--- issuers
actor_token_issuer one {
    issuer "https://login.cloud.example/{tenant}/v2.0";
    jwks acme.jwks;
}
actor_token_issuer two {
    issuer "https://login.cloud.example/{tenant}/v2.0";
    jwks beta.jwks;
}
--- must_die
one
two


=== TEST 17: two templates that cannot
--- issuers
actor_token_issuer one {
    issuer "https://login.cloud.example/{tenant}/v2.0";
    jwks acme.jwks;
}
actor_token_issuer two {
    issuer "https://login.cloud.example/{tenant}/v1.0";
    jwks beta.jwks;
}
actor_token_issuer three {
    issuer "https://{tenant}.cloud.example/";
    jwks gamma.jwks;
}
--- policy
actor_token_trust any;
--- claims
{"iss": "https://login.cloud.example/acme/v2.0"}


=== TEST 18: a template in the last label of the host
--- issuers
actor_token_issuer one { 
    issuer "https://login.example.{tenant}/"; #<
    jwks acme.jwks;
}
--- must_die
{tenant}


=== TEST 19: in the last but one
--- issuers
actor_token_issuer one {
    issuer "https://{tenant}.example/"; #<
    jwks acme.jwks;
}
--- must_die
{tenant}


=== TEST 20: in a part of a label
--- issuers
actor_token_issuer one {
    issuer "https://login-{tenant}.cloud.example/"; #<
    jwks acme.jwks;
}
--- must_die
{tenant}


=== TEST 21: in a part of a segment
--- issuers
actor_token_issuer one {
    issuer "https://login.cloud.example/t-{tenant}/"; #<
    jwks acme.jwks;
}
--- must_die
{tenant}


=== TEST 22: twice
--- issuers
actor_token_issuer one {
    issuer "https://{tenant}.cloud.example/{tenant}/"; #<
    jwks acme.jwks;
}
--- must_die
{tenant}


=== TEST 23: in the query
--- issuers
actor_token_issuer one {
    issuer "https://login.cloud.example/?t={tenant}"; #<
    jwks acme.jwks;
}
--- must_die
{tenant}


=== TEST 24: a whole port
--- issuers
actor_token_issuer one {
    issuer "https://login.cloud.example:{tenant}/"; #<
    jwks acme.jwks;
}
--- must_die
{tenant}


=== TEST 25: another placeholder
--- issuers
actor_token_issuer one {
    issuer "https://login.cloud.example/{realm}/"; #<
    jwks acme.jwks;
    tenant acme;
}
--- must_die
{realm}


=== TEST 26: an empty issuer
--- issuers
actor_token_issuer one {
    issuer ""; #<
    jwks acme.jwks;
    tenant acme;
}
--- must_die
issuer


=== TEST 27: issuer twice
--- issuer
issuer https://login.beta.example; #<
--- must_die
"issuer" directive is duplicate


=== TEST 28: subject_claim twice
--- issuer
subject_claim a;
subject_claim b; #<
--- must_die
"subject_claim" directive is duplicate


=== TEST 29: leeway twice
--- issuer
leeway 1s;
leeway 2s; #<
--- must_die
"leeway" directive is duplicate


=== TEST 30: a block that nobody uses, with a bad key file, is refused all the same
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
actor_token_issuer beta {
    issuer https://login.beta.example;
    jwks bad.json; #<
    tenant beta;
}
--- conf_files eval
['bad.json' => '{}']
--- policy
actor_token_trust acme;
--- must_die
bad.json


=== TEST 31: the check is on, and there is no block
--- issuers
#
--- config
location /t {
    include policy.conf;
}
--- must_die
actor_token


=== TEST 32: an issuer that is named "any"
--- issuers
actor_token_issuer any { #<
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
--- must_die
any


=== TEST 33: include of two files
--- issuer
include a.inc b.inc; #<
--- conf_files eval
['a.inc' => "leeway 10s;\n", 'b.inc' => "type at+jwt;\n"]
--- must_die
invalid number of arguments in "include" directive


=== TEST 34: two files by a mask
--- issuer
include more-*.inc;
--- conf_files eval
['more-a.inc' => "leeway 10s;\n", 'more-b.inc' => "type at+jwt;\n"]
