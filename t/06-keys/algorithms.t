# Every supported algorithm verifies, and only with a key that fits it.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: RS256 with rsa, by default (standards 20: RFC 7518, section 3.3)
--- issuer
jwks rsa+p256+p384+p521+k256+ed25519+ed448.jwks;
--- signer: rsa/RS256


=== TEST 2: RS384 with rsa, by default
--- signer: rsa/RS384


=== TEST 3: RS512 with rsa, by default
--- signer: rsa/RS512


=== TEST 4: PS256 with rsa, by default
--- signer: rsa/PS256


=== TEST 5: PS384 with rsa, by default
--- signer: rsa/PS384


=== TEST 6: PS512 with rsa, by default
--- signer: rsa/PS512


=== TEST 7: ES256 with p256, by default
--- signer: p256
--- jose
{"alg": "ES256"}


=== TEST 8: ES384 with p384, by default
--- signer: p384
--- jose
{"alg": "ES384"}


=== TEST 9: ES512 with p521, by default
--- signer: p521
--- jose
{"alg": "ES512"}


=== TEST 10: ES256K with k256, by default
--- signer: k256
--- jose
{"alg": "ES256K"}


=== TEST 11: EdDSA with ed25519, by default (standards 20: RFC 8037, section 3.1)
--- signer: ed25519
--- jose
{"alg": "EdDSA"}


=== TEST 12: Ed25519 with ed25519, by default (standards 20: RFC 9864, section 2.2)
--- signer: ed25519
--- jose
{"alg": "Ed25519"}


=== TEST 13: EdDSA with ed448, by default
--- signer: ed448
--- jose
{"alg": "EdDSA"}


=== TEST 14: Ed448 with ed448, by default
--- signer: ed448
--- jose
{"alg": "Ed448"}


=== TEST 15: RS256 with rsa, another payload
--- token eval
my ($h, $p, $s) = split /\./, token(signer => 'rsa/RS256', jose => {alg => 'RS256'});
join '.', $h, b64u(payload({sub => 'admin'})), $s
--- reason: bad_signature


=== TEST 16: RS384 with rsa, another payload
--- token eval
my ($h, $p, $s) = split /\./, token(signer => 'rsa/RS384', jose => {alg => 'RS384'});
join '.', $h, b64u(payload({sub => 'admin'})), $s
--- reason: bad_signature


=== TEST 17: RS512 with rsa, another payload
--- token eval
my ($h, $p, $s) = split /\./, token(signer => 'rsa/RS512', jose => {alg => 'RS512'});
join '.', $h, b64u(payload({sub => 'admin'})), $s
--- reason: bad_signature


=== TEST 18: PS256 with rsa, another payload
--- token eval
my ($h, $p, $s) = split /\./, token(signer => 'rsa/PS256', jose => {alg => 'PS256'});
join '.', $h, b64u(payload({sub => 'admin'})), $s
--- reason: bad_signature


=== TEST 19: PS384 with rsa, another payload
--- token eval
my ($h, $p, $s) = split /\./, token(signer => 'rsa/PS384', jose => {alg => 'PS384'});
join '.', $h, b64u(payload({sub => 'admin'})), $s
--- reason: bad_signature


=== TEST 20: PS512 with rsa, another payload
--- token eval
my ($h, $p, $s) = split /\./, token(signer => 'rsa/PS512', jose => {alg => 'PS512'});
join '.', $h, b64u(payload({sub => 'admin'})), $s
--- reason: bad_signature


=== TEST 21: ES256 with p256, another payload
--- token eval
my ($h, $p, $s) = split /\./, token(signer => 'p256', jose => {alg => 'ES256'});
join '.', $h, b64u(payload({sub => 'admin'})), $s
--- reason: bad_signature


=== TEST 22: ES384 with p384, another payload
--- token eval
my ($h, $p, $s) = split /\./, token(signer => 'p384', jose => {alg => 'ES384'});
join '.', $h, b64u(payload({sub => 'admin'})), $s
--- reason: bad_signature


=== TEST 23: ES512 with p521, another payload
--- token eval
my ($h, $p, $s) = split /\./, token(signer => 'p521', jose => {alg => 'ES512'});
join '.', $h, b64u(payload({sub => 'admin'})), $s
--- reason: bad_signature


=== TEST 24: ES256K with k256, another payload
--- token eval
my ($h, $p, $s) = split /\./, token(signer => 'k256', jose => {alg => 'ES256K'});
join '.', $h, b64u(payload({sub => 'admin'})), $s
--- reason: bad_signature


=== TEST 25: EdDSA with ed25519, another payload
--- token eval
my ($h, $p, $s) = split /\./, token(signer => 'ed25519', jose => {alg => 'EdDSA'});
join '.', $h, b64u(payload({sub => 'admin'})), $s
--- reason: bad_signature


=== TEST 26: Ed25519 with ed25519, another payload
--- token eval
my ($h, $p, $s) = split /\./, token(signer => 'ed25519', jose => {alg => 'Ed25519'});
join '.', $h, b64u(payload({sub => 'admin'})), $s
--- reason: bad_signature


=== TEST 27: EdDSA with ed448, another payload
--- token eval
my ($h, $p, $s) = split /\./, token(signer => 'ed448', jose => {alg => 'EdDSA'});
join '.', $h, b64u(payload({sub => 'admin'})), $s
--- reason: bad_signature


=== TEST 28: Ed448 with ed448, another payload
--- token eval
my ($h, $p, $s) = split /\./, token(signer => 'ed448', jose => {alg => 'Ed448'});
join '.', $h, b64u(payload({sub => 'admin'})), $s
--- reason: bad_signature


=== TEST 29: rsa/RS256, but the kid is that of p256: no key fits (standards 16: RFC 8725, section 3.1)
--- signer: rsa/RS256
--- jose
{"kid": "p256"}
--- reason: unknown_key


=== TEST 30: p256/ES256, but the kid is that of p384: no key fits
--- signer: p256
--- jose
{"kid": "p384"}
--- reason: unknown_key


=== TEST 31: p256/ES256, but the kid is that of k256: no key fits
--- signer: p256
--- jose
{"kid": "k256"}
--- reason: unknown_key


=== TEST 32: k256/ES256K, but the kid is that of p256: no key fits
--- signer: k256
--- jose
{"kid": "p256"}
--- reason: unknown_key


=== TEST 33: ed25519, but the kid is that of ed448: no key fits
--- signer: ed25519
--- jose
{"kid": "ed448", "alg": "Ed25519"}
--- reason: unknown_key


=== TEST 33, again: EdDSA is the older name of both
--- signer: ed25519
--- jose
{"kid": "ed448"}
--- reason: bad_signature


=== TEST 34: ed448, but the kid is that of ed25519: no key fits
--- signer: ed448
--- jose
{"kid": "ed25519", "alg": "Ed448"}
--- reason: unknown_key


=== TEST 34, again: EdDSA is the older name of both
--- signer: ed448
--- jose
{"kid": "ed25519"}
--- reason: bad_signature


=== TEST 35: p384/ES384, but the kid is that of p256: no key fits
--- signer: p384
--- jose
{"kid": "p256"}
--- reason: unknown_key


=== TEST 36: HS256 where it is named
--- issuer
algorithms HS256 ES256;
key hs256.secret alg=HS256;
--- signer: hs256
--- jose
{"kid": "(absent)"}


=== TEST 37: HS256, another payload
--- token eval
my ($h, $p, $s) = split /\./, token(signer => 'hs256', jose => {kid => '(absent)'});
join '.', $h, b64u(payload({sub => 'admin'})), $s
--- reason: bad_signature


=== TEST 38: HS384, which is not named
--- token eval
my $input = b64u('{"alg":"HS384","typ":"at+jwt"}') . '.' . b64u(payload());
"$input." . b64u(ActorToken::Mint::sign('hs256', 'HS384', $input))
--- reason: algorithm_not_allowed


=== TEST 39: HS384 where it is named
--- issuer
algorithms HS384 ES256;
key hs384.secret alg=HS384;
--- signer: hs384
--- jose
{"kid": "(absent)"}


=== TEST 40: HS384, another payload
--- token eval
my ($h, $p, $s) = split /\./, token(signer => 'hs384', jose => {kid => '(absent)'});
join '.', $h, b64u(payload({sub => 'admin'})), $s
--- reason: bad_signature


=== TEST 41: HS256, which is not named
--- token eval
my $input = b64u('{"alg":"HS256","typ":"at+jwt"}') . '.' . b64u(payload());
"$input." . b64u(ActorToken::Mint::sign('hs384', 'HS256', $input))
--- reason: algorithm_not_allowed


=== TEST 42: HS512 where it is named
--- issuer
algorithms HS512 ES256;
key hs512.secret alg=HS512;
--- signer: hs512
--- jose
{"kid": "(absent)"}


=== TEST 43: HS512, another payload
--- token eval
my ($h, $p, $s) = split /\./, token(signer => 'hs512', jose => {kid => '(absent)'});
join '.', $h, b64u(payload({sub => 'admin'})), $s
--- reason: bad_signature


=== TEST 44: HS256, which is not named
--- token eval
my $input = b64u('{"alg":"HS256","typ":"at+jwt"}') . '.' . b64u(payload());
"$input." . b64u(ActorToken::Mint::sign('hs512', 'HS256', $input))
--- reason: algorithm_not_allowed
