# The "typ" of the JOSE header.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: at+jwt is the default
--- vars
subject: user-1


=== TEST 2: with application/ in front (standards 37: RFC 7515, section 4.1.9)
--- jose
{"typ": "application/at+jwt"}


=== TEST 3: case is ignored
--- jose
{"typ": "AT+JWT"}


=== TEST 4: in both
--- jose
{"typ": "Application/AT+jwt"}


=== TEST 5: JWT is another (standards 37: RFC 9068, section 4)
--- jose
{"typ": "JWT"}
--- reason: type_not_allowed
--- logged
JWT


=== TEST 6: absent is another
--- jose
{"typ": "(absent)"}
--- reason: type_not_allowed


=== TEST 7: a longer one is another
--- jose
{"typ": "at+jwtx"}
--- reason: type_not_allowed


=== TEST 8: a prefix is another
--- jose
{"typ": "at+jw"}
--- reason: type_not_allowed


=== TEST 9: application/ alone
--- jose
{"typ": "application/"}
--- reason: type_not_allowed


=== TEST 10: empty is not absent
--- jose
{"typ": ""}
--- reason: type_not_allowed


=== TEST 11: an ID token
--- jose
{"typ": "id_token"}
--- reason: type_not_allowed


=== TEST 12: another type in its place
--- issuer
type JWT;
--- jose
{"typ": "JWT"}


=== TEST 13: then the default is no longer accepted
--- jose
{"typ": "at+jwt"}
--- reason: type_not_allowed


=== TEST 14: nor an absent one
--- jose
{"typ": "(absent)"}
--- reason: type_not_allowed


=== TEST 15: case is ignored there too
--- jose
{"typ": "jwt"}


=== TEST 16: at_hash makes it an ID token (standards 38: RFC 8725, section 3.12)
--- jose
{"typ": "JWT"}
--- claims
{"at_hash": "x"}
--- reason: type_not_allowed


=== TEST 17: c_hash too
--- jose
{"typ": "JWT"}
--- claims
{"c_hash": "x"}
--- reason: type_not_allowed


=== TEST 18: events makes it a security event (standards 38: RFC 8417, section 2.2)
--- jose
{"typ": "JWT"}
--- claims
{"events": {}}
--- reason: type_not_allowed


=== TEST 19: a typ claim: ID
--- jose
{"typ": "JWT"}
--- claims
{"typ": "ID"}
--- reason: type_not_allowed


=== TEST 20: Refresh
--- jose
{"typ": "JWT"}
--- claims
{"typ": "Refresh"}
--- reason: type_not_allowed


=== TEST 21: Offline
--- jose
{"typ": "JWT"}
--- claims
{"typ": "Offline"}
--- reason: type_not_allowed


=== TEST 22: Logout (standards 38: RFC 8725, section 3.12)
--- jose
{"typ": "JWT"}
--- claims
{"typ": "Logout"}
--- reason: type_not_allowed


=== TEST 23: Bearer is what an access token of Keycloak says
--- jose
{"typ": "JWT"}
--- claims
{"typ": "Bearer"}


=== TEST 24: several types, an absent one among them
--- issuer
type at+jwt - application/txn;
--- jose
{"typ": "(absent)"}


=== TEST 25: the first
--- jose
{"typ": "at+jwt"}


=== TEST 26: the third, without its prefix
--- jose
{"typ": "txn"}


=== TEST 27: the JWT that is not listed
--- jose
{"typ": "JWT"}
--- reason: type_not_allowed


=== TEST 28: an absent one with at_hash
--- jose
{"typ": "(absent)"}
--- claims
{"at_hash": "x"}
--- reason: type_not_allowed


=== TEST 29: a dash is not the absent one
--- jose
{"typ": "-"}
--- reason: type_not_allowed


=== TEST 30: where only at+jwt is accepted, such claims are just claims
--- issuer
type at+jwt;
--- claims
{"at_hash": "x", "typ": "ID"}


=== TEST 31: where JWT is accepted too, at+jwt does not make it an access token
--- issuer
type at+jwt JWT;
--- claims
{"at_hash": "x"}
--- reason: type_not_allowed


=== TEST 32: nor with a typ claim
--- claims
{"typ": "Refresh"}
--- reason: type_not_allowed


=== TEST 33: with neither it is one


=== TEST 34: where JWT and none will do, every other kind of token is still another
--- issuer
type at+jwt JWT -;


=== TEST 35: a DPoP proof (standards 38: RFC 9449, section 4.2)
--- jose
{"typ": "dpop+jwt"}
--- reason: type_not_allowed


=== TEST 36: an identity assertion grant
--- jose
{"typ": "oauth-id-jag+jwt"}
--- reason: type_not_allowed


=== TEST 37: a workload identity token
--- jose
{"typ": "wit+jwt"}
--- reason: type_not_allowed


=== TEST 38: a workload proof token
--- jose
{"typ": "wpt+jwt"}
--- reason: type_not_allowed


=== TEST 39: a security event
--- jose
{"typ": "secevent+jwt"}
--- reason: type_not_allowed


=== TEST 40: a logout token
--- jose
{"typ": "logout+jwt"}
--- reason: type_not_allowed


=== TEST 41: a transaction token (standards 4: Transaction Tokens)
--- jose
{"typ": "txntoken+jwt"}
--- reason: type_not_allowed


=== TEST 42: an answer to an introspection
--- jose
{"typ": "token-introspection+jwt"}
--- reason: type_not_allowed
