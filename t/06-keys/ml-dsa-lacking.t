# ML-DSA where OpenSSL has none: nginx says what is missing.

use lib 't/lib';
use Test::Nginx::ActorToken;

plan(skip_all => 'OpenSSL has ML-DSA') if has_ml_dsa();

# a failed fetch is told once
repeat_each(1);

our ($Version) = `openssl version` =~ /^OpenSSL (\S+)/;

sub akp {
    return { kty => 'AKP', alg => 'ML-DSA-44', kid => 'akp',
             pub => b64u("\x01" x 1312), @_ };
}

run_tests();

__DATA__

=== TEST 1: named in the list
--- issuer
algorithms ES256 ML-DSA-65; #<
--- must_die eval
"\"ML-DSA-65\" in \"algorithms\"\nneeds OpenSSL 3.5\nnginx runs with OpenSSL $main::Version"


=== TEST 2: another name in the list
--- issuer
algorithms ES256 RS256;


=== TEST 3: of a PEM file
--- issuer
key p256.pem alg=ML-DSA-44; #<
--- must_die
"ML-DSA-44" in "key"
needs OpenSSL 3.5


=== TEST 4: a set of such keys alone
--- issuer
jwks akp.jwks; #<
--- conf_files eval
['akp.jwks' => jwks(akp())]
--- must_die
akp.jwks
no usable key
needs OpenSSL 3.5


=== TEST 5: of which none would be used anyway
--- issuer
algorithms ES256;
jwks akp.jwks; #<
--- conf_files eval
['akp.jwks' => jwks(akp())]
--- must_die
akp.jwks" of issuer "acme" holds no usable key: it needs one


=== TEST 6: beside another key it is left out, and that is told
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    tenant acme;
    jwks akp.jwks; #<
}
--- conf_files eval
['akp.jwks' => jwks(akp(), 'acme')]
--- notice
akp.jwks
left out
needs OpenSSL 3.5


=== TEST 7: a token of it is refused, and the log says why
--- token eval
join '.', b64u('{"alg":"ML-DSA-44","kid":"akp","typ":"at+jwt"}'), b64u(payload()), b64u("\x01" x 2420)
--- reason: algorithm_not_allowed
--- logged
"alg" that OpenSSL lacks
ML-DSA-44


=== TEST 8: with the kid of the other key too
--- token eval
join '.', b64u('{"alg":"ML-DSA-44","kid":"acme","typ":"at+jwt"}'), b64u(payload()), b64u("\x01" x 2420)
--- reason: algorithm_not_allowed


=== TEST 9: nothing is told where the algorithm is not wanted
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    tenant acme;
    algorithms ES256;
    jwks akp.jwks;
}
--- conf_files eval
['akp.jwks' => jwks(akp(), 'acme')]
--- no_notice
left out


=== TEST 10: a key without alg is refused here too
--- issuer
jwks akp.jwks; #<
--- conf_files eval
['akp.jwks' => jwks(akp(alg => undef), 'acme')]
--- must_die
akp.jwks
"alg"


=== TEST 11: and so is a private one
--- issuer
jwks akp.jwks; #<
--- conf_files eval
['akp.jwks' => jwks(akp(priv => 'AAAA'), 'acme')]
--- must_die
akp.jwks
private member


=== TEST 12: one of an algorithm that nobody knows is skipped
--- issuer
jwks akp.jwks;
--- conf_files eval
['akp.jwks' => jwks(akp(alg => 'XX-1'), 'acme')]


=== TEST 13: such keys alone, fetched
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
['set.json' => jwks(akp())]
--- reason: keys_unavailable
--- error_log
holds no usable key: ML-DSA needs OpenSSL 3.5


=== TEST 14: beside another key
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
['set.json' => jwks(akp(), 'acme')]
