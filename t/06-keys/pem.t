# PEM files: public keys and certificates.

use lib 't/lib';

use MIME::Base64 ();

use Test::Nginx::ActorToken;

# an RSA key's modulus with this exponent, in hex: as "openssl rsa" writes it,
# and as PKCS #1 has it

sub der {
    my ($tag, $value) = @_;

    my $len = length $value;

    return pack('C', $tag)
           . ($len < 128 ? pack('C', $len) : pack('Cn', 0x82, $len)) . $value;
}

sub pem {
    my ($what, $der) = @_;

    return "-----BEGIN $what-----\n" . MIME::Base64::encode_base64($der)
           . "-----END $what-----\n";
}

sub rsa_der {
    my ($name, $exponent) = @_;

    my $n = ActorToken::Mint::key($name)->{pk}->key2hash->{N};

    return der(0x30, join '', map { der(0x02, pack 'H*',
                                        /^[89a-f]/i ? "00$_" : $_) }
                                  $n, $exponent);
}

sub rsa_pem {
    my $id = der(0x30, pack 'H*', '06092a864886f70d0101010500');

    return pem('PUBLIC KEY', der(0x30, $id . der(0x03, "\0" . rsa_der(@_))));
}

sub rsa_pkcs1 {
    return pem('RSA PUBLIC KEY', rsa_der(@_));
}

run_tests();

__DATA__

=== TEST 1: an RSA key
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    tenant acme;
    key rsa.pem alg=RS256;
    key p256.pem alg=ES256 kid=p256;
    key ed25519.pem alg=EdDSA;
    key ed448.pem alg=Ed448;
    key p384.crt alg=ES384;
    key rsac.crt alg=PS512 kid=rsac;
}
--- signer: rsa/RS256


=== TEST 2: with another algorithm than it is for
--- signer: rsa/RS384
--- reason: unknown_key


=== TEST 3: an EC key, by its kid
--- signer: p256


=== TEST 4: whose kid is another
--- signer: p256
--- jose
{"kid": "other"}
--- reason: unknown_key


=== TEST 5: without a kid in the token
--- signer: p256
--- jose
{"kid": "(absent)"}


=== TEST 6: Ed25519
--- signer: ed25519


=== TEST 7: Ed448
--- signer: ed448
--- jose
{"alg": "Ed448"}


=== TEST 8: a certificate
--- signer: p384


=== TEST 9: an RSA certificate
--- signer: rsac/PS512


=== TEST 10: no algorithm
--- issuer
key p256.pem; #<
--- must_die
"key"


=== TEST 11: an algorithm that the key cannot have
--- issuer
key p256.pem alg=RS256; #<
--- must_die
p256.pem


=== TEST 12: another curve
--- issuer
key p256.pem alg=ES384; #<
--- must_die
p256.pem


=== TEST 13: an unknown algorithm
--- issuer
key p256.pem alg=ES1; #<
--- must_die
ES1


=== TEST 14: none
--- issuer
key p256.pem alg=none; #<
--- must_die
none


=== TEST 15: a private key
--- issuer
key private.key alg=ES256; #<
--- conf_files eval
['private.key' => [key_private_pem('p256'), 0600]]
--- must_die
private.key


=== TEST 16: a public key as an HMAC secret
--- issuer
algorithms HS256 ES256;
key p256.pem alg=HS256; #<
--- conf_files eval
['p256.pem' => [key_pem('p256'), 0600]]
--- must_die
p256.pem


=== TEST 17: no PEM
--- issuer
key bad.pem alg=ES256; #<
--- conf_files eval
['bad.pem' => "hello\n"]
--- must_die
bad.pem


=== TEST 18: an unknown parameter
--- issuer
key p256.pem alg=ES256 use=sig; #<
--- must_die
use=sig


=== TEST 19: an algorithm outside of the block's list
--- issuer
algorithms ES256;
key rsa.pem alg=RS256; #<
--- must_die
alg=RS256


=== TEST 20: an RSA key that is too short
--- issuer
key rsa1024.pem alg=RS256; #<
--- must_die
rsa1024.pem


=== TEST 21: no algorithm, but a kid
--- issuer
key p256.pem kid=p256; #<
--- must_die
"key" directive needs "alg="


=== TEST 22: an RSA key alone
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    tenant acme;
    key pkcs1.pem alg=RS256;
}
--- conf_files eval
['pkcs1.pem' => rsa_pkcs1('rsa', '010001')]
--- signer: rsa/RS256


=== TEST 23: what is no RSA key
--- issuer
key bad.pem alg=RS256; #<
--- conf_files eval
['bad.pem' => "-----BEGIN RSA PUBLIC KEY-----\nMAYCAQECAQM\n"
              . "-----END RSA PUBLIC KEY-----\n"]
--- must_die
bad.pem


=== TEST 24: an exponent of 65 bits
--- issuer
key wide.pem alg=RS256; #<
--- conf_files eval
['wide.pem' => rsa_pem('rsa', '01' . '00' x 7 . '01')]
--- must_die
exponent of more than 64 bits


=== TEST 25: one of 64
--- issuer
key narrow.pem alg=RS256;
--- conf_files eval
['narrow.pem' => rsa_pem('rsa', '80' . '00' x 6 . '01')]
