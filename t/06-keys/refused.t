# Key files that are refused, with their line.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: no such file
--- issuer
jwks nowhere/set.jwks; #<
--- must_die
nowhere/set.jwks


=== TEST 2: a directory
--- issuer
jwks dir; #<
--- conf_setup
mkdir "$dir/dir" or die;
--- must_die
dir


=== TEST 3: a pipe
--- issuer
jwks pipe; #<
--- conf_setup
system("mkfifo $dir/pipe") == 0 or die;
--- must_die
pipe


=== TEST 4: a device
--- issuer
jwks /dev/null; #<
--- must_die
/dev/null


=== TEST 5: writable by others
--- issuer
jwks open.jwks; #<
--- conf_files eval
['open.jwks' => [jwks('acme'), 0646]]
--- must_die
open.jwks


=== TEST 6: a link to a file that is writable by others
--- issuer
jwks link.data; #<
--- conf_files eval
['open.jwks' => [jwks('acme'), 0646]]
--- conf_setup
symlink "$dir/open.jwks", "$dir/link.data" or die;
--- must_die
link.data


=== TEST 7: a link to a good one
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks link.data;
    tenant acme;
}
--- conf_files eval
['real.data' => jwks('acme')]
--- conf_setup
symlink "$dir/real.data", "$dir/link.data" or die;


=== TEST 8: not JSON
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => 'hello']
--- must_die
bad.jwks


=== TEST 9: no keys
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => '{}']
--- must_die
bad.jwks


=== TEST 10: keys is no array
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => '{"keys":{}}']
--- must_die
bad.jwks


=== TEST 11: an empty set
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => '{"keys":[]}']
--- must_die
bad.jwks


=== TEST 12: a set without a usable key
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => jwks({kty => 'QQ', kid => 'q'}, jwk('enc', use => 'enc'))]
--- must_die
bad.jwks


=== TEST 13: an entry that is no object
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => '{"keys":["x"]}']
--- must_die
bad.jwks


=== TEST 14: a single JWK is no set
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => JSON::PP->new->encode(jwk('acme'))]
--- must_die
bad.jwks


=== TEST 15: a member twice
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => jwks('acme') =~ s/"kid":/"kid":"x","kid":/r]
--- must_die
bad.jwks


=== TEST 16: private members of an EC key
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => jwks(jwk('acme', d => 'AAAA'))]
--- must_die
bad.jwks


=== TEST 17: of an RSA key
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => jwks(jwk('rsa', p => 'AAAA', q => 'AAAA'))]
--- must_die
bad.jwks


=== TEST 18: of an OKP key
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => jwks(jwk('ed25519', d => 'AAAA'))]
--- must_die
bad.jwks


=== TEST 19: a bad key among good ones
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => jwks('acme', jwk('one', d => 'AAAA'))]
--- must_die
bad.jwks


=== TEST 20: RSA of 1024 bits (standards 23: RFC 7518, section 3.3)
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => jwks('rsa1024')]
--- must_die
bad.jwks


=== TEST 21: RSA of more than 8192 bits
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => jwks({kty => 'RSA', kid => 'big', e => 'AQAB', n => b64u("\xff" x 1025)})]
--- must_die
bad.jwks


=== TEST 22: leading zeros do not make a modulus long
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => jwks({kty => 'RSA', kid => 'z', e => 'AQAB', n => b64u("\0" x 200 . "\xff" x 100)})]
--- must_die
bad.jwks


=== TEST 23: the exponent 1 (standards 23: RFC 8017, section 3.1)
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => jwks(jwk('rsa', e => 'AQ'))]
--- must_die
bad.jwks


=== TEST 24: an even exponent
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => jwks(jwk('rsa', e => 'Ag'))]
--- must_die
bad.jwks


=== TEST 25: the exponent 3 is odd
--- issuer
jwks three.jwks;
--- conf_files eval
['three.jwks' => jwks(jwk('rsa', e => 'Aw'))]


=== TEST 26: a point off its curve (standards 23: RFC 7518, section 6.2.1)
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => jwks(jwk('acme', y => b64u("\1" x 32)))]
--- must_die
bad.jwks


=== TEST 27: a coordinate that is too short (standards 23: RFC 7518, section 6.2.1.2)
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => jwks(jwk('acme', x => b64u("\1" x 31)))]
--- must_die
bad.jwks


=== TEST 28: a point of another curve
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => jwks(jwk('p384', crv => 'P-256'))]
--- must_die
bad.jwks


=== TEST 29: an Ed25519 key of another length
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => jwks(jwk('ed25519', x => b64u('x' x 31)))]
--- must_die
bad.jwks


=== TEST 30: no modulus
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => jwks(jwk('rsa', n => undef))]
--- must_die
bad.jwks


=== TEST 31: no kty
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => jwks(jwk('acme', kty => undef))]
--- must_die
bad.jwks


=== TEST 32: a kid that is a number
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => jwks(jwk('acme', kid => 7))]
--- must_die
bad.jwks


=== TEST 33: base64 in another alphabet
--- issuer
jwks bad.jwks; #<
--- conf_files eval
['bad.jwks' => jwks(jwk('acme', x => '+' . 'A' x 42))]
--- must_die
bad.jwks


=== TEST 34: more than 256 keys
--- issuer
jwks many.jwks; #<
--- conf_files eval
['many.jwks' => jwks(map { jwk('acme', kid => "k$_") } 1 .. 257)]
--- must_die
many.jwks


=== TEST 35: 256 keys
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks many.jwks;
    tenant acme;
}
--- conf_files eval
['many.jwks' => jwks(map { jwk('acme', kid => "k$_") } 1 .. 256)]
--- jose
{"kid": "k256"}


=== TEST 36: more than 1 MiB
--- issuer
jwks huge.jwks; #<
--- conf_files eval
['huge.jwks' => jwks('acme') . ' ' x (1024 * 1024)]
--- must_die
huge.jwks


=== TEST 37: 1 MiB
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks large.jwks;
    tenant acme;
}
--- conf_files eval
my $set = jwks('acme');
['large.jwks' => $set . ' ' x (1024 * 1024 - length $set)]


=== TEST 38: an empty file
--- issuer
jwks empty.jwks; #<
--- conf_files eval
['empty.jwks' => '']
--- must_die
empty.jwks


=== TEST 39: a public key under two issuers is noticed
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
actor_token_issuer beta {
    issuer https://login.beta.example;
    jwks copy.jwks;
    tenant beta;
}
--- conf_files eval
['copy.jwks' => jwks(jwk('acme', kid => 'copy'))]
--- policy
actor_token_trust acme;
--- notice
acme
beta


=== TEST 40: different keys are not
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
actor_token_issuer beta {
    issuer https://login.beta.example;
    jwks beta.jwks;
    tenant beta;
}
--- policy
actor_token_trust acme;
--- no_notice
beta


=== TEST 41: more than 256 keys in two files
--- issuers
actor_token_issuer acme { #<
    issuer https://login.acme.example;
    jwks acme.jwks;
    jwks many.jwks;
    tenant acme;
}
--- conf_files eval
['many.jwks' => jwks(map { jwk('acme', kid => "k$_") } 1 .. 256)]
--- must_die
issuer "acme" has more than 256 keys


=== TEST 42: 256 in two files
--- issuer
jwks many.jwks;
--- conf_files eval
['many.jwks' => jwks(map { jwk('acme', kid => "k$_") } 1 .. 255)]
