# Registered claims of the wrong type.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: jti
--- claims
{"jti": 1}
--- reason: bad_claim
--- logged
jti


=== TEST 2: jti absent
--- claims
{"jti": "(absent)"}
--- vars
id:


=== TEST 3: jti null
--- claims
{"jti": null}
--- reason: bad_claim


=== TEST 4: exp as a string (standards 35: RFC 7519, section 2)
--- claims eval
{exp => '' . (time + 60) . ''}
--- reason: bad_claim


=== TEST 5: exp null
--- claims
{"exp": null}
--- reason: bad_claim


=== TEST 6: exp true
--- claims
{"exp": true}
--- reason: bad_claim


=== TEST 7: nbf as a string
--- claims
{"nbf": "1"}
--- reason: bad_claim


=== TEST 8: nbf
--- claims
{"nbf": "now-5"}


=== TEST 9: iat as a string
--- claims
{"iat": "1"}
--- reason: bad_claim


=== TEST 10: iat as an object
--- claims
{"iat": {}}
--- reason: bad_claim


=== TEST 11: client_id as a number
--- claims
{"client_id": 1}
--- reason: bad_claim


=== TEST 12: azp as an array
--- claims
{"client_id": "(absent)", "azp": ["x"]}
--- reason: bad_claim


=== TEST 13: appid as a boolean
--- claims
{"client_id": "(absent)", "appid": true}
--- reason: bad_claim


=== TEST 14: cid as an object
--- claims
{"client_id": "(absent)", "cid": {}}
--- reason: bad_claim


=== TEST 15: scope as a number
--- claims
{"scope": 1}
--- reason: bad_claim


=== TEST 16: scope as null
--- claims
{"scope": null}
--- reason: bad_claim


=== TEST 17: sub as an object
--- claims
{"sub": {}}
--- reason: bad_claim


=== TEST 18: sub as null
--- claims
{"sub": null}
--- reason: bad_claim


=== TEST 19: a control character in sub (standards 67: a decision of this module)
--- claims
{"sub": "user\u000a1"}
--- reason: bad_claim


=== TEST 20: a NUL in sub (standards 11: a decision of this module)
--- claims
{"sub": "user\u00001"}
--- reason: bad_claim


=== TEST 21: DEL in sub
--- claims
{"sub": "user\u007f1"}
--- reason: bad_claim


=== TEST 22: a space is none
--- claims
{"sub": "user 1"}
--- vars
subject: user 1


=== TEST 23: a control character in jti
--- claims
{"jti": "a\tb"}
--- reason: bad_claim


=== TEST 24: a control character in the client
--- claims
{"client_id": "a\rb"}
--- reason: bad_claim


=== TEST 25: a control character in the actor
--- claims
{"act": {"sub": "a\nb"}}
--- reason: bad_claim


=== TEST 26: a control character in a claim that no variable shows
--- claims
{"note": "a\nb"}


=== TEST 27: where a variable shows it
--- http_config
actor_token_claim_set $note note;
--- claims
{"note": "a\nb"}
--- reason: bad_claim


=== TEST 28: without the character
--- claims
{"note": "a b"}


=== TEST 29: a nested claim
--- http_config
actor_token_claim_set $note deep note;
--- claims
{"deep": {"note": "a\u0000b"}}
--- reason: bad_claim


=== TEST 30: $actor_token_claim_NAME
--- http_config
map $uri $unused {
    volatile;
    default $actor_token_claim_note;
}
--- claims
{"note": "a\nb"}
--- reason: bad_claim


=== TEST 31: without it
--- claims
{"note": "ab"}


=== TEST 32: a control character in the actor's issuer
--- issuer
actor_issuers https://login.acme.example "https://a\tb" https://agents.example;
--- claims
{"act": {"iss": "https://a\tb", "sub": "agent-1"}}
--- reason: bad_claim


=== TEST 33: in the actor's tenant
--- issuer
actor_tenant_claim tid;
--- claims
{"act": {"sub": "agent-1", "tid": "acme\u0001"}}
--- reason: bad_claim


=== TEST 34: without it
--- claims
{"act": {"sub": "agent-1", "tid": "acme"}}


=== TEST 35: in an inner actor it is shown escaped
--- claims
{"act": {"sub": "agent-1", "tid": "acme", "act": {"sub": "a\nb"}}}
--- vars
chain: [{"sub":"agent-1"},{"sub":"a\u000ab"}]
