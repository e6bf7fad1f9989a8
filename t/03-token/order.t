# The first failure decides.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: size before form
--- policy
actor_token_max_size 1k;
--- token eval
'.' x 2000
--- reason: too_large


=== TEST 2: form before crit
--- token eval
token(jose => {crit => ['x']}) . '.x'
--- reason: malformed


=== TEST 3: crit before the payload
--- token eval
token(jose => {crit => ['x']}, payload => 'x')
--- reason: crit_unsupported


=== TEST 4: the payload before the issuer
--- token eval
token(payload => 'x', jose => {alg => 'none'})
--- reason: malformed


=== TEST 5: the issuer before the algorithm
--- token eval
token(claims => {iss => 'https://x.example'}, jose => {alg => 'none'})
--- reason: untrusted_issuer


=== TEST 6: the algorithm before the key
--- token eval
token(jose => {alg => 'none', kid => 'x'})
--- reason: algorithm_not_allowed


=== TEST 7: the key before the type
--- token eval
token(jose => {typ => 'x', kid => 'x'})
--- reason: unknown_key


=== TEST 8: the signature before the type (standards 22: RFC 7515, section 5.2)
--- token eval
token(signer => 'mallory', jose => {typ => 'x', kid => 'acme'})
--- reason: bad_signature


=== TEST 9: the type before cnf
--- token eval
token(jose => {typ => 'x'}, claims => {cnf => {}})
--- reason: type_not_allowed


=== TEST 10: cnf before the types of claims
--- token eval
token(claims => {cnf => {}, jti => 1})
--- reason: binding_unsupported


=== TEST 11: types before required claims
--- token eval
token(claims => {exp => '(absent)', jti => 1})
--- reason: bad_claim


=== TEST 12: required claims before time
--- issuer
require_claim ver =2;
--- token eval
token(claims => {exp => 'now-100', iat => 'now-200', sub => '(absent)'})
--- reason: claim_missing


=== TEST 13: a required value before time
--- token eval
token(claims => {exp => 'now-100', iat => 'now-200', ver => '1'})
--- reason: claim_mismatch


=== TEST 14: time before the audience
--- token eval
token(claims => {exp => 'now-100', iat => 'now-200', ver => '2', aud => 'x'})
--- reason: expired


=== TEST 15: the lifetime before the audience
--- claims
{"iat": "now-10", "exp": "now+90000", "ver": "2", "aud": "x"}
--- reason: lifetime_exceeded


=== TEST 16: the audience before the tenant
--- policy
actor_token_tenant beta;
--- claims
{"aud": "x"}
--- reason: audience_mismatch


=== TEST 17: the tenant before the shape of act
--- claims
{"act": 1}
--- reason: tenant_mismatch


=== TEST 18: an unresolved tenant before a missing one
--- no_tenant_rule
--- issuer
tenant_claim tid;
--- policy
actor_token_tenant $arg_tenant;
--- reason: tenant_unresolved


=== TEST 19: an unresolved tenant before a conflict
--- no_tenant_rule
--- issuers
actor_token_issuer acme {
    issuer "https://{tenant}.login.example.com";
    jwks acme.jwks;
    tenant_claim tid;
    tenants acme;
}
--- policy
actor_token_tenant $arg_tenant;
--- claims
{"iss": "https://acme.login.example.com", "tid": "beta"}
--- reason: tenant_unresolved


=== TEST 20: a missing tenant before one that is not allowed
--- request
GET /t?tenant=acme
--- claims
{"iss": "https://beta.login.example.com"}
--- reason: tenant_missing


=== TEST 21: a conflict before a tenant that is not allowed
--- request
GET /t?tenant=acme
--- claims
{"iss": "https://beta.login.example.com", "tid": "gamma"}
--- reason: tenant_conflict


=== TEST 22: a tenant that is not allowed before another than this request's
--- request
GET /t?tenant=acme
--- claims
{"iss": "https://beta.login.example.com", "tid": "beta"}
--- reason: tenant_not_allowed


=== TEST 23: the shape of act before delegation
--- policy
actor_token_delegation forbidden;
--- claims
{"act": 1}
--- reason: actor_malformed


=== TEST 24: delegation before the actor's issuer
--- claims
{"act": {"iss": "https://x.example", "sub": "a"}}
--- reason: delegation_forbidden


=== TEST 25: the actor's issuer before self-delegation
--- issuer
actor_issuers https://agents.example;
--- claims
{"act": {"sub": "user-1"}}
--- reason: actor_issuer_not_allowed


=== TEST 26: self-delegation before patterns
--- policy
actor_token_actors agent-2;
--- claims
{"act": {"sub": "user-1"}}
--- reason: self_delegation


=== TEST 27: patterns before federation
--- issuer
actor_tenant_claim tid;
--- policy
actor_token_actors agent-2;
--- claims
{"act": {"sub": "agent-1", "tid": "beta"}}
--- reason: actor_not_allowed


=== TEST 28: federation before depth
--- issuer
actor_tenant_claim tid;
--- policy
actor_token_max_depth 1;
--- claims
{"act": {"sub": "agent-1", "tid": "beta", "act": {"sub": "agent-0"}}}
--- reason: actor_tenant_not_allowed


=== TEST 29: depth before scope
--- policy
actor_token_max_depth 1;
actor_token_scope admin;
--- claims
{"act": {"sub": "agent-1", "act": {"sub": "agent-0"}}}
--- reason: chain_too_deep


=== TEST 30: scope before requirements
--- policy
actor_token_scope admin;
actor_token_require $arg_x;
--- reason: insufficient_scope
--- challenge: Bearer realm="test", error="insufficient_scope", scope="admin"


=== TEST 31: requirements last
--- request
GET /t?x=0
--- claims
{"scope": "admin"}
--- reason: requirement_failed
