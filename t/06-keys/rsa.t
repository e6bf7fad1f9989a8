# RSA signatures have the padding that the algorithm names, and no other salt
# than one as long as the hash.

use lib 't/lib';
use Test::Nginx::ActorToken;

# a token of "alg" that was signed in another way

sub signed {
    my ($alg, @how) = @_;

    my ($header, $payload) = split /\./, token(signer => "rsa/$alg");
    my $pk = ActorToken::Mint::key('rsa')->{pk};

    return "$header.$payload."
           . b64u($pk->sign_message("$header.$payload", @how));
}

run_tests();

__DATA__

=== TEST 1: PS256
--- issuers
actor_token_issuer rsa {
    issuer https://login.acme.example;
    jwks rsa.jwks;
    tenant acme;
}
--- token eval
signed('PS256', 'SHA256', 'pss', 32)


=== TEST 2: without salt
--- token eval
signed('PS256', 'SHA256', 'pss', 0)
--- reason: bad_signature


=== TEST 3: with more salt
--- token eval
signed('PS256', 'SHA256', 'pss', 64)
--- reason: bad_signature


=== TEST 4: with another hash
--- token eval
signed('PS256', 'SHA384', 'pss', 32)
--- reason: bad_signature


=== TEST 5: with the older padding
--- token eval
signed('PS256', 'SHA256', 'v1.5')
--- reason: bad_signature


=== TEST 6: RS256
--- token eval
signed('RS256', 'SHA256', 'v1.5')


=== TEST 7: with another hash
--- token eval
signed('RS256', 'SHA512', 'v1.5')
--- reason: bad_signature


=== TEST 8: with the newer padding
--- token eval
signed('RS256', 'SHA256', 'pss', 32)
--- reason: bad_signature


=== TEST 9: without its first byte, which may be zero
--- token eval
my ($rest) = signed('RS256', 'SHA256', 'v1.5') =~ /(.*\.)/;
$rest . b64u('a' x 255)
--- reason: bad_signature


=== TEST 10: a byte longer
--- token eval
my ($rest, $signature) = signed('RS256', 'SHA256', 'v1.5') =~ /(.*\.)(.*)/;
$rest . b64u("\0" . MIME::Base64::decode_base64url($signature))
--- reason: bad_signature
