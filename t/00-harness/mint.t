# What the other tests send is what it claims to be: another implementation
# verifies it.

use strict;
use warnings;

use lib 't/lib';
use ActorToken::Mint;

use Crypt::JWT qw( decode_jwt );
use Crypt::PK::ECC;
use Crypt::PK::RSA;
use File::Temp;
use Test::More;

for my $signer (qw( acme rsa/RS256 rsa/RS384 rsa/RS512 rsa/PS256 rsa/PS384
                    rsa/PS512 p256 p384 p521 k256 ed25519 hs256 hs384
                    hs512 ))
{
    my ($name, $alg) = split m{/}, $signer;
    my $token = token(signer => $signer, claims => { exp => 'now+60' });
    my ($header, $claims) = decode_jwt(token => $token,
                                       key => public_jwk($name),
                                       decode_header => 1);

    is($claims->{sub}, 'user-1', "$signer verifies");
    is($header->{kid}, $name, "$signer kid");
    is($header->{typ}, 'at+jwt', "$signer typ");
    is($header->{alg}, $alg // $header->{alg}, "$signer alg");
    cmp_ok(abs($claims->{exp} - time - 60), '<=', 2, "$signer exp");
}

{
    my $token = token(signer => 'ed448');
    my ($input, $signature) = $token =~ /(.*)\.(.*)/;

    my %file = (key => key_pem('ed448'), in => $input,
                sig => MIME::Base64::decode_base64url($signature));

    for my $name (keys %file) {
        my $tmp = File::Temp->new;
        print $tmp $file{$name};
        $tmp->flush;
        $file{$name} = $tmp;
    }

    my $said = `openssl pkeyutl -verify -rawin -pubin -inkey $file{key} -in $file{in} -sigfile $file{sig}`;
    like($said, qr/Verified Successfully/, 'ed448 verifies');
}

is(claims({ act => '(absent)' })->{act}, undef, 'a claim is removed');
ok(!exists claims('{"act": "(absent)"}')->{act}, 'and does not stay as null');
ok(exists claims('{"act": null}')->{act}, 'null is not removal');
is(jwk('acme', kid => undef)->{kid}, undef, 'a member is removed');
ok(!exists jwk('acme')->{d}, 'a JWK is public');
is(token(signer => 'p256', payload => '[]') =~ s/.*\.(.*)\..*/$1/r,
   b64u('[]'), 'payload as it is');
like(unsigned(), qr/^[\w-]+\.[\w-]+\.$/, 'no signature');
is(Crypt::PK::RSA->new(\key_pem('rsa'))->size, 256, 'PEM of an RSA key');
is(Crypt::PK::ECC->new(\key_pem('p256'))->key2hash->{curve_name}, 'secp256r1',
   'PEM of an EC key');
like(certificate('p256'), qr/BEGIN CERTIFICATE/, 'certificate');
is(length secret('hs512'), 64, 'secret');

done_testing();
