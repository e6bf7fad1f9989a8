# What an accepted token says of who acts for whom.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: everything
--- claims
{"jti": "id-1", "client_id": "client-1", "scope": "read write",
 "act": {"iss": "https://login.acme.example", "sub": "agent-1", "act": {"sub": "agent-0"}}}
--- vars
subject: user-1
actor: agent-1
actor_issuer: https://login.acme.example
actor_tenant: acme
chain: [{"iss":"https://login.acme.example","sub":"agent-1"},{"sub":"agent-0"}]
depth: 2
tenant: acme
issuer: https://login.acme.example
issuer_name: acme
audience: https://api.example.com
id: id-1
client: client-1
scope: read write


=== TEST 2: the client: client_id before azp
--- claims
{"client_id": "a", "azp": "b", "appid": "c", "cid": "d"}
--- vars
client: a


=== TEST 3: azp before appid
--- claims
{"client_id": "(absent)", "azp": "b", "appid": "c", "cid": "d"}
--- vars
client: b


=== TEST 4: appid before cid
--- claims
{"client_id": "(absent)", "appid": "c", "cid": "d"}
--- vars
client: c


=== TEST 5: cid
--- claims
{"client_id": "(absent)", "cid": "d"}
--- vars
client: d


=== TEST 6: none
--- claims
{"client_id": "(absent)"}
--- vars
client:


=== TEST 7: quotes and backslashes in the chain are escaped
--- claims eval
{act => {sub => 'a"b\\c'}}
--- vars eval
'actor: a"b\\c' . "\n" . 'chain: [{"sub":"a\\"b\\\\c"}]'


=== TEST 8: exp
--- claims eval
$::Exp = time + 100;
{exp => $::Exp}
--- vars eval
"expires: $::Exp"


=== TEST 9: identity is empty where the check is off
--- config
root html;
location /t {
    try_files /index.html =404;
    add_header X-Subject "[$actor_token_subject]";
}
--- reason: -
--- no_fingerprint
--- response_headers
X-Subject: []


=== TEST 10: identity is empty after a rejection, in the answer as in the log (standards 68: a decision of this module)
--- config
include policy.conf;
location /t {
    root html;
    try_files /index.html =404;
    add_header X-Identity "[$actor_token_subject$actor_token_actor$actor_token_tenant$actor_token_issuer$actor_token_id$actor_token_claim_sub]" always;
}
--- claims
{"aud": "https://other.example"}
--- reason: audience_mismatch
--- response_headers
X-Identity: []


=== TEST 11: and there after an acceptance
--- response_headers
X-Identity: [user-1agent-1acmehttps://login.acme.exampletoken-1user-1]


=== TEST 12: a client cannot bring them along (standards 67: a decision of this module)
--- config
location /t {
    root html;
    try_files /index.html =404;
    add_header X-Subject "[$actor_token_subject]";
}
--- more_headers
Actor-Token-Subject: admin
X-Actor-Token-Subject: admin
--- request
GET /t?actor_token_subject=admin
--- reason: -
--- no_fingerprint
--- response_headers
X-Subject: []


=== TEST 13: they cannot be set
--- config
location /t {
    set $actor_token_subject admin; #<
}
--- must_die
actor_token_subject


=== TEST 14: nor those of claims
--- config
location /t {
    set $actor_token_claim_x admin;
}
--- must_die
actor_token_claim_x


=== TEST 15: nor by map
--- http_config
map $uri $actor_token_tenant { #<
    default acme;
}
--- must_die
actor_token_tenant


=== TEST 16: nor the reason
--- config
location /t {
    set $actor_token_reason ok; #<
}
--- must_die
actor_token_reason


=== TEST 17: nor the status, by a capture
--- config
location ~ ^/(?<actor_token_status>.*)$ {
}
--- must_die
actor_token_status


=== TEST 18: nor a capture of a claim
--- config
location ~ ^/(?<actor_token_claim_x>.*)$ {
}
--- must_die
actor_token_claim_x
