# Members of a JWK that say what it is for.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: use: sig
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks set.jwks;
    tenant acme;
}
--- conf_files eval
['set.jwks' => jwks(
    jwk('sig', use => 'sig'),
    jwk('enc', use => 'enc'),
    jwk('nouse', use => undef),
    jwk('verify', use => undef, key_ops => ['verify']),
    jwk('sign', use => undef, key_ops => ['sign']),
    jwk('wrap', use => undef, key_ops => ['wrapKey', 'unwrapKey']),
    jwk('more', use => undef, key_ops => ['encrypt', 'verify']),
    jwk('right', alg => 'ES256'),
    jwk('wrong', alg => 'ES384'),
    jwk('rsa', alg => 'RS256'),
    jwk('unknown', alg => 'XX256'),
    jwk('x5c', x5c => ['MIIB'], x5t => 'AA', 'x-more' => {a => 1}),
    { kty => 'QQ', kid => 'q', use => 'sig' },
    { kty => 'EC', crv => 'P-1', x => 'AA', y => 'AA', kid => 'c' },
    { kty => 'OKP', crv => 'X25519', x => 'A' x 43, kid => 'x25519' })]
--- signer: sig


=== TEST 2: use: enc (standards 16: RFC 7517, section 4.2)
--- signer: enc
--- reason: unknown_key


=== TEST 3: no use
--- signer: nouse


=== TEST 4: key_ops: verify
--- signer: verify


=== TEST 5: key_ops: sign alone (standards 16: RFC 7517, section 4.3)
--- signer: sign
--- reason: unknown_key


=== TEST 6: key_ops for encryption
--- signer: wrap
--- reason: unknown_key


=== TEST 7: verify among others
--- signer: more


=== TEST 8: alg that fits
--- signer: right


=== TEST 9: alg that does not fit the key's own type
--- signer: wrong
--- reason: unknown_key


=== TEST 10: alg of an RSA key
--- signer: rsa/RS256


=== TEST 11: another algorithm of the same key (standards 16: RFC 7517, section 4.4)
--- signer: rsa/PS256
--- reason: unknown_key


=== TEST 12: a longer hash
--- signer: rsa/RS512
--- reason: unknown_key


=== TEST 13: an alg that nobody knows
--- signer: unknown
--- reason: unknown_key


=== TEST 14: members that mean nothing here
--- signer: x5c


=== TEST 15: a kty that nobody knows
--- jose
{"kid": "q"}
--- signer: sig
--- reason: unknown_key


=== TEST 16: a curve for something else
--- signer: ed25519
--- jose
{"kid": "x25519"}
--- reason: unknown_key
