# Edwards points of small order, for which anybody can sign, are refused.

use lib 't/lib';
use Test::Nginx::ActorToken;
use MIME::Base64 ();

# an OKP key of these bytes, beside a good one
sub okp {
    my ($crv, $bytes) = @_;
    my $x = MIME::Base64::encode_base64url($bytes);

    return qq({"keys":[{"kty":"OKP","crv":"$crv","kid":"bad","x":"$x"}]});
}

# a point in the DER of a public key, as PEM

sub spki {
    my ($head, $point) = @_;

    return "-----BEGIN PUBLIC KEY-----\n"
           . MIME::Base64::encode_base64(pack('H*', $head) . $point)
           . "-----END PUBLIC KEY-----\n";
}

run_tests();

__DATA__

=== TEST 1: the neutral element of Ed25519
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => main::okp('Ed25519', "\x01" . "\0" x 31)]
--- must_die
small order


=== TEST 2: with a sign
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => main::okp('Ed25519', "\x01" . "\0" x 30 . "\x80")]
--- must_die
small order


=== TEST 3: not reduced
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => main::okp('Ed25519', "\xee" . "\xff" x 30 . "\x7f")]
--- must_die
small order


=== TEST 4: of order 2
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => main::okp('Ed25519', "\xec" . "\xff" x 30 . "\x7f")]
--- must_die
small order


=== TEST 5: of order 4
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => main::okp('Ed25519', "\0" x 32)]
--- must_die
small order


=== TEST 6: of order 8
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => main::okp('Ed25519', pack('H*',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'))]
--- must_die
small order


=== TEST 7: the neutral element of Ed448
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => main::okp('Ed448', "\x01" . "\0" x 56)]
--- must_die
small order


=== TEST 8: of order 2, on Ed448
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => main::okp('Ed448', "\xfe" . "\xff" x 27 . "\xfe" . "\xff" x 27 . "\0")]
--- must_die
small order


=== TEST 9: of order 4, not reduced, on Ed448
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => main::okp('Ed448', "\xff" x 28 . "\xfe" . "\xff" x 27 . "\0")]
--- must_die
small order


=== TEST 10: a PEM file with the neutral element of Ed25519
--- issuer
key bad.pem alg=EdDSA; #<
--- conf_files eval
['bad.pem' => main::spki('302a300506032b6570032100', "\x01" . "\0" x 31)]
--- must_die
small order


=== TEST 11: and of Ed448
--- issuer
key bad.pem alg=EdDSA; #<
--- conf_files eval
['bad.pem' => main::spki('3043300506032b6571033a00', "\x01" . "\0" x 56)]
--- must_die
small order


=== TEST 12: a PEM file with another point
--- issuer
key good.pem alg=EdDSA;
--- conf_files eval
['good.pem' => key_pem('ed25519')]
