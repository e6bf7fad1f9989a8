# ML-DSA, where OpenSSL has it; ml-dsa-lacking.t is for where it has not.

use lib 't/lib';
use Test::Nginx::ActorToken;

plan(skip_all => 'OpenSSL has no ML-DSA') unless has_ml_dsa();

# the members of a JWK over the key's, as a JWK Set

sub akp {
    my ($name, %members) = @_;

    return jwks(jwk($name, %members));
}

# another payload below the signature

sub tampered {
    my ($h, $p, $s) = split /\./, token(@_);

    return join '.', $h, b64u(payload({sub => 'admin'})), $s;
}

# signed in another way than RFC 9964 wants it, or in that way

sub signed {
    my (@options) = @_;

    my ($input) = token(signer => 'mldsa65') =~ /(.*)\./;

    my $private = File::Temp->new;
    print $private key_private_pem('mldsa65');
    $private->flush;

    return "$input." . b64u(ActorToken::Mint::openssl($input, 'pkeyutl',
               '-sign', '-rawin', '-inkey', "$private", '-in', 'INPUT',
               map { ('-pkeyopt', $_) } @options));
}

run_tests();

__DATA__

=== TEST 1: ML-DSA-44, by default (standards 20: RFC 9964, section 3)
--- issuer
jwks mldsa44+mldsa65+mldsa87+p256+ed25519.jwks;
--- signer: mldsa44


=== TEST 2: ML-DSA-65, by default
--- signer: mldsa65


=== TEST 3: ML-DSA-87, by default
--- signer: mldsa87


=== TEST 4: without a kid the algorithm finds the key
--- signer: mldsa65
--- jose
{"kid": "(absent)"}


=== TEST 5: ML-DSA-44, another payload
--- token eval
tampered(signer => 'mldsa44')
--- reason: bad_signature


=== TEST 6: ML-DSA-65, another payload
--- token eval
tampered(signer => 'mldsa65')
--- reason: bad_signature


=== TEST 7: ML-DSA-87, another payload
--- token eval
tampered(signer => 'mldsa87')
--- reason: bad_signature


=== TEST 8: another key of the same algorithm
--- signer: mldsa65other
--- jose
{"kid": "mldsa65"}
--- reason: bad_signature


=== TEST 9: a signature that is a byte short
--- token eval
my ($h, $p, $s) = split /\./, token(signer => 'mldsa65');
join '.', $h, $p, substr $s, 0, -4
--- reason: bad_signature


=== TEST 10: one that is a byte longer
--- token eval
my ($h, $p, $s) = split /\./, token(signer => 'mldsa65');
join '.', $h, $p, "${s}AA"
--- reason: bad_signature


=== TEST 11: an ML-DSA-44 signature that calls itself ML-DSA-65 (standards 16: RFC 8725, section 3.1)
--- signer: mldsa44
--- jose
{"alg": "ML-DSA-65"}
--- reason: unknown_key


=== TEST 12: the same with the kid of the ML-DSA-65 key
--- signer: mldsa44
--- jose
{"alg": "ML-DSA-65", "kid": "mldsa65"}
--- reason: bad_signature


=== TEST 13: an ML-DSA-44 token with the kid of the ML-DSA-65 key
--- signer: mldsa44
--- jose
{"kid": "mldsa65"}
--- reason: unknown_key


=== TEST 14: ML-DSA-65 with the kid of an EC key
--- signer: mldsa65
--- jose
{"kid": "p256"}
--- reason: unknown_key


=== TEST 15: ML-DSA-65 with the kid of an Edwards key
--- signer: mldsa65
--- jose
{"kid": "ed25519"}
--- reason: unknown_key


=== TEST 16: an EC signature that calls itself ML-DSA-65
--- signer: p256
--- jose
{"alg": "ML-DSA-65"}
--- reason: unknown_key


=== TEST 17: ES256 with the kid of an ML-DSA key
--- signer: p256
--- jose
{"kid": "mldsa65"}
--- reason: unknown_key


=== TEST 18: EdDSA with the kid of an ML-DSA key
--- signer: ed25519
--- jose
{"kid": "mldsa65"}
--- reason: unknown_key


=== TEST 19: an ML-DSA signature that calls itself EdDSA
--- signer: mldsa65
--- jose
{"alg": "EdDSA"}
--- reason: unknown_key


=== TEST 20: the public key as the secret of HS256
--- token eval
my $input = b64u('{"alg":"HS256","kid":"mldsa65","typ":"at+jwt"}') . '.' . b64u(payload());
"$input." . b64u(Crypt::Mac::HMAC::hmac('SHA256', key_pem('mldsa65'), $input))
--- reason: algorithm_not_allowed


=== TEST 21: a name in lower case
--- signer: mldsa65
--- jose
{"alg": "ml-dsa-65"}
--- reason: algorithm_not_allowed


=== TEST 22: where another one is named
--- issuer
algorithms ML-DSA-87 ES256;
jwks mldsa65+mldsa87.jwks;
--- signer: mldsa65
--- reason: algorithm_not_allowed


=== TEST 23: and the one that is
--- signer: mldsa87


=== TEST 24: a key that is for verifying
--- issuer
jwks akp.jwks;
--- conf_files eval
['akp.jwks' => akp('mldsa65', use => undef, key_ops => ['verify'])]
--- signer: mldsa65


=== TEST 25: and one that is not
--- issuer
jwks akp.jwks; #<
--- conf_files eval
['akp.jwks' => akp('mldsa65', use => 'enc')]
--- must_die
akp.jwks
no usable key


=== TEST 26: a key without alg (standards 20: RFC 9964, section 3)
--- issuer
jwks akp.jwks; #<
--- conf_files eval
['akp.jwks' => akp('mldsa65', alg => undef)]
--- must_die
(kid "mldsa65")
akp.jwks
"alg"


=== TEST 27: whose alg is another one's: its key has another length
--- issuer
jwks akp.jwks; #<
--- conf_files eval
['akp.jwks' => akp('mldsa65', alg => 'ML-DSA-44')]
--- must_die
akp.jwks
"pub"


=== TEST 28: whose alg is another key type's
--- issuer
jwks akp.jwks; #<
--- conf_files eval
['akp.jwks' => akp('mldsa65', alg => 'ES256')]
--- must_die
akp.jwks
no usable key


=== TEST 29: beside another key it is skipped
--- issuer
jwks akp.jwks;
--- conf_files eval
['akp.jwks' => jwks(jwk('mldsa65', alg => 'ES256'), 'mldsa87')]
--- signer: mldsa65
--- reason: unknown_key


=== TEST 30: which verifies
--- signer: mldsa87


=== TEST 31: a private key
--- issuer
jwks akp.jwks; #<
--- conf_files eval
['akp.jwks' => akp('mldsa65', priv => b64u("\x01" x 32))]
--- must_die
akp.jwks
private member


=== TEST 32: without pub
--- issuer
jwks akp.jwks; #<
--- conf_files eval
['akp.jwks' => akp('mldsa65', pub => undef)]
--- must_die
akp.jwks
"pub"


=== TEST 33: a byte short
--- issuer
jwks akp.jwks; #<
--- conf_files eval
['akp.jwks' => akp('mldsa44', pub => b64u("\x01" x 1311))]
--- must_die
akp.jwks
"pub"


=== TEST 34: a byte longer
--- issuer
jwks akp.jwks; #<
--- conf_files eval
['akp.jwks' => akp('mldsa87', pub => b64u("\x01" x 2593))]
--- must_die
akp.jwks
"pub"


=== TEST 35: with padding
--- issuer
jwks akp.jwks; #<
--- conf_files eval
['akp.jwks' => akp('mldsa44', pub => jwk('mldsa44')->{pub} . '==')]
--- must_die
akp.jwks
"pub"


=== TEST 36: a PEM public key
--- issuer
key mldsa65.pem alg=ML-DSA-65;
key mldsa44.crt alg=ML-DSA-44;
--- signer: mldsa65


=== TEST 37: a certificate
--- signer: mldsa44


=== TEST 38: with another algorithm than it is for
--- issuer
key mldsa65.pem alg=ML-DSA-44; #<
--- must_die
mldsa65.pem
alg=


=== TEST 39: of another type
--- issuer
key mldsa65.pem alg=ES256; #<
--- must_die
mldsa65.pem
alg=


=== TEST 40: another type's key
--- issuer
key p256.pem alg=ML-DSA-65; #<
--- must_die
p256.pem
alg=


=== TEST 41: a private one
--- issuer
key private.key alg=ML-DSA-65; #<
--- conf_files eval
['private.key' => [key_private_pem('mldsa65'), 0600]]
--- must_die
private.key
private key


=== TEST 42: what was verified is remembered
--- issuer
jwks mldsa87.jwks;
--- signer: mldsa87
--- request eval
["GET /t", "GET /t"]
--- vars eval
["", "cache_status: HIT"]


=== TEST 43: the largest of them passes with the default limits, and claims of 1300 bytes
--- issuer
jwks mldsa87.jwks;
--- signer: mldsa87
--- claims eval
{ groups => ['g' x 1080] }


=== TEST 44: and with more than 8k nginx itself does not let it pass
--- signer: mldsa87
--- claims eval
{ groups => ['g' x 2000] }
--- reason: -
--- error_code: 400
--- logs_token


=== TEST 45: unless both limits are raised
--- issuer
jwks mldsa87.jwks;
--- http_config
large_client_header_buffers 4 16k;
actor_token_max_size 16k;
--- signer: mldsa87
--- claims eval
{ groups => ['g' x 2000] }


=== TEST 46: nginx's alone are not enough
--- issuer
jwks mldsa87.jwks;
--- http_config
large_client_header_buffers 4 16k;
--- signer: mldsa87
--- claims eval
{ groups => ['g' x 2000] }
--- reason: too_large


=== TEST 47: keys that are fetched
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    tenant acme;
    key_request /keys/set.json;
}
--- config
include policy.conf;
location /keys/ { actor_token off; internal; alias $TEST_NGINX_SERVER_ROOT/conf/; }
location /t { root html; try_files /index.html =404; }
--- conf_files eval
['set.json' => jwks('mldsa44', 'p256')]
--- signer: mldsa44


=== TEST 48: and another one's signature
--- signer: mldsa44other
--- jose
{"kid": "mldsa44"}
--- reason: bad_signature


=== TEST 49: a signature with an empty context (standards 20: RFC 9964)
--- issuer
jwks mldsa65.jwks;
--- token eval: signed('hexcontext-string:')
--- reason: ok


=== TEST 50: with a context
--- token eval: signed('context-string:x')
--- reason: bad_signature


=== TEST 51: with the message as it is, not encoded as pure ML-DSA wants it
--- token eval: signed('message-encoding:0')
--- reason: bad_signature


=== TEST 52: and encoded
--- token eval: signed('message-encoding:1')
