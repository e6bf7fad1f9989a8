package ActorToken::Mint;

# Keys, key files and tokens, made when the test runs and never before.
#
# A key is asked for by name and made on first use; the name says what it is:
#
#     rsa*       RSA, 2048 bits (rsa3072*, rsa1024*: as they say)
#     p256* p384* p521* k256*    EC on that curve
#     ed25519* ed448*            Edwards curves
#     mldsa44* mldsa65* mldsa87* ML-DSA, where OpenSSL has it
#     hs256* hs384* hs512*       a secret as long as the hash
#     anything else              EC on P-256
#
# The name is also the default "kid".

use v5.10.1;
use strict;
use warnings;

use Crypt::Mac::HMAC qw( hmac );
use Crypt::PK::ECC;
use Crypt::PK::Ed25519;
use Crypt::PK::RSA;
use Digest::SHA qw( sha256 );
use File::Temp ();
use JSON::PP;
use MIME::Base64 qw( decode_base64 encode_base64url );

use Exporter qw( import );

our @EXPORT = qw( b64u jwk jwks key_pem key_private_pem certificate secret
                  header claims payload compact token unsigned fingerprint
                  has_ml_dsa parse_json public_jwk file_for );

my $Json = JSON::PP->new->canonical->allow_nonref;
my $Relaxed = JSON::PP->new->relaxed->allow_nonref->allow_barekey;

my %Curve = ( p256 => 'secp256r1', p384 => 'secp384r1',
              p521 => 'secp521r1', k256 => 'secp256k1' );

my %EcAlg = ( p256 => 'ES256', p384 => 'ES384', p521 => 'ES512',
              k256 => 'ES256K' );

my %Keys;


sub b64u {
    my ($bytes) = @_;

    return encode_base64url($bytes);
}


sub parse_json {
    my ($text) = @_;

    return ref $text ? $text : $Relaxed->decode($text);
}


sub openssl {
    my ($input, @args) = @_;

    my $in = File::Temp->new;
    print $in $input;
    $in->flush;

    my $out = File::Temp->new;
    my $cmd = join ' ', map { "'$_'" } @args;

    $cmd =~ s/INPUT/$in/g;

    system("openssl $cmd >$out 2>/dev/null") == 0
        or die "openssl $cmd failed";

    local $/;
    open my $fh, '<:raw', "$out" or die $!;
    return scalar <$fh>;
}


# nginx runs with the library that this program runs with

sub has_ml_dsa {
    state $algorithms = `openssl list -signature-algorithms 2>&1`;

    return $algorithms =~ /\bML-DSA-65\b/;
}


# what the name says: [family, curve or size, default algorithm]

sub kind {
    my ($name) = @_;

    return ('rsa', $1 || 2048, 'RS256') if $name =~ /^rsa(\d*)/;
    return ('ec', $1, $EcAlg{$1}) if $name =~ /^(p256|p384|p521|k256)/;
    return ('ed25519', 'Ed25519', 'EdDSA') if $name =~ /^ed25519/;
    return ('ed448', 'Ed448', 'EdDSA') if $name =~ /^ed448/;
    return ('mldsa', $1, "ML-DSA-$1") if $name =~ /^mldsa(44|65|87)/;
    return ('oct', $1, "HS$1") if $name =~ /^hs(256|384|512)/;
    return ('ec', 'p256', 'ES256');
}


sub key {
    my ($name) = @_;

    return $Keys{$name} if $Keys{$name};

    my ($family, $param, $alg) = kind($name);
    my $key = { name => $name, family => $family, param => $param,
                alg => $alg };

    if ($family eq 'rsa') {
        $key->{pk} = Crypt::PK::RSA->new;
        $key->{pk}->generate_key($param / 8, 65537);

    } elsif ($family eq 'ec') {
        $key->{pk} = Crypt::PK::ECC->new;
        $key->{pk}->generate_key($Curve{$param});

    } elsif ($family eq 'ed25519') {
        $key->{pk} = Crypt::PK::Ed25519->new;
        $key->{pk}->generate_key;

    } elsif ($family eq 'ed448') {
        $key->{pem} = openssl('', 'genpkey', '-algorithm', 'ed448');

    } elsif ($family eq 'mldsa') {
        $key->{pem} = openssl('', 'genpkey', '-algorithm', $alg);

    } else {
        # no newline, no NUL: fit for any file
        $key->{secret} = join '', map { chr(33 + int rand 94) }
                                      1 .. $param / 8;
    }

    return $Keys{$name} = $key;
}


sub secret {
    my ($name) = @_;

    return key($name)->{secret};
}


sub key_private_pem {
    my ($name) = @_;

    my $key = key($name);

    return $key->{pem}
           // $key->{pk}->export_key_pem($key->{family} eq 'ec'
                                        ? 'private_short' : 'private');
}


sub key_pem {
    my ($name) = @_;

    my $key = key($name);

    return openssl($key->{pem}, 'pkey', '-in', 'INPUT', '-pubout')
        if $key->{pem};

    return $key->{pk}->export_key_pem($key->{family} eq 'rsa'
                                      ? 'public_x509'
                                      : $key->{family} eq 'ec'
                                      ? 'public_short' : 'public');
}


sub certificate {
    my ($name) = @_;

    return openssl(key_private_pem($name), 'req', '-x509', '-new', '-key',
                   'INPUT', '-subj', "/CN=$name", '-days', '30');
}


sub public_jwk {
    my ($name) = @_;

    my $key = key($name);

    if ($key->{family} eq 'oct') {
        return { kty => 'oct', k => b64u($key->{secret}) };
    }

    if ($key->{pem}) {
        my $der = openssl($key->{pem}, 'pkey', '-in', 'INPUT', '-pubout',
                          '-outform', 'DER');

        return { kty => 'OKP', crv => 'Ed448', x => b64u(substr $der, -57) }
            if $key->{family} eq 'ed448';

        my $size = { 44 => 1312, 65 => 1952, 87 => 2592 }->{$key->{param}};

        return { kty => 'AKP', alg => $key->{alg},
                 pub => b64u(substr $der, -$size) };
    }

    my $jwk = $Json->decode($key->{pk}->export_key_jwk('public'));

    # RFC 8812 has another name for it than CryptX
    $jwk->{crv} = 'secp256k1' if ($jwk->{crv} // '') eq 'P-256K';

    return $jwk;
}


# A JWK of the named key; members given replace, undef removes.

sub jwk {
    my ($name, %members) = @_;

    my $jwk = { %{ public_jwk($name) }, kid => $name, use => 'sig' };

    for my $member (keys %members) {
        if (defined $members{$member}) {
            $jwk->{$member} = $members{$member};

        } else {
            delete $jwk->{$member};
        }
    }

    return $jwk;
}


# The text of a JWK Set; members are names or JWKs.

sub jwks {
    my (@keys) = @_;

    return $Json->encode({ keys => [ map { ref $_ ? $_ : jwk($_) } @keys ] });
}


# The content and mode of a key file whose name says what is in it:
# a+b.jwks, a.pem, a.crt, a.secret

sub file_for {
    my ($file) = @_;

    my ($stem, $ext) = $file =~ m{([^/]*)\.(jwks|pem|crt|secret)$} or return;

    return (jwks(split /\+/, $stem), 0644) if $ext eq 'jwks';
    return (key_pem($stem), 0644) if $ext eq 'pem';
    return (certificate($stem), 0644) if $ext eq 'crt';
    return (secret($stem), 0600);
}


sub sign {
    my ($name, $alg, $input) = @_;

    my $key = key($name);
    my ($bits) = $alg =~ /(256|384|512)/;
    my $hash = $bits ? "SHA$bits" : '';

    if ($alg =~ /^HS/) {
        return hmac($hash, $key->{secret}, $input);
    }

    if ($alg =~ /^RS/) {
        return $key->{pk}->sign_message($input, $hash, 'v1.5');
    }

    if ($alg =~ /^PS/) {
        return $key->{pk}->sign_message($input, $hash, 'pss', $bits / 8);
    }

    if ($alg =~ /^ES/) {
        return $key->{pk}->sign_message_rfc7518($input, $hash);
    }

    if ($key->{pem}) {
        my $private = File::Temp->new;
        print $private $key->{pem};
        $private->flush;

        return openssl($input, 'pkeyutl', '-sign', '-rawin', '-inkey',
                       "$private", '-in', 'INPUT');
    }

    return $key->{pk}->sign_message($input);
}


# Members of $over replace those of $base; "(absent)" removes one.  Times may
# be written "now", "now+60", "now-0.5".

sub merge {
    my ($base, $over) = @_;

    my %result = (%$base, %{ parse_json($over || {}) });

    for my $member (keys %result) {
        my $value = $result{$member};

        next if !defined $value || ref $value;

        if ($value eq '(absent)') {
            delete $result{$member};

        } elsif ($value =~ /^now([+-][\d.]+)?$/) {
            $result{$member} = time() + ($1 // 0);
        }
    }

    return \%result;
}


sub claims {
    my ($over) = @_;

    return merge({
        iss       => 'https://login.acme.example',
        sub       => 'user-1',
        aud       => 'https://api.example.com',
        exp       => 'now+300',
        iat       => 'now',
        jti       => 'token-1',
        client_id => 'client-1',
        scope     => 'read write',
        act       => { sub => 'agent-1' },
    }, $over);
}


sub header {
    my ($over, $name, $alg) = @_;

    return merge({ alg => $alg, typ => 'at+jwt', kid => $name }, $over);
}


sub payload {
    my ($over) = @_;

    return $Json->utf8->encode(claims($over));
}


# A compact JWS over exactly these bytes.

sub compact {
    my ($header, $payload, $name, $alg) = @_;

    my $input = b64u($header) . '.' . b64u($payload);

    return "$input." . b64u(sign($name, $alg || key($name)->{alg}, $input));
}


# token(claims => {...}, jose => {...}, signer => 'name' or 'name/ALG',
#       payload => 'bytes instead of claims', header => 'bytes')

sub token {
    my (%o) = @_;

    my ($name, $alg) = split m{/}, $o{signer} // 'acme';
    $alg //= key($name)->{alg};

    my $header = $o{header}
                 // $Json->utf8->encode(header($o{jose}, $name, $alg));
    my $payload = $o{payload} // payload($o{claims});

    return compact($header, $payload, $name, $alg);
}


# A token without any signature: the third segment is empty.

sub unsigned {
    my (%o) = @_;

    my $header = merge({ alg => 'none', typ => 'at+jwt' }, $o{jose});

    return b64u($Json->utf8->encode($header)) . '.'
           . b64u($o{payload} // payload($o{claims})) . '.';
}


sub fingerprint {
    my ($token) = @_;

    return b64u(substr sha256($token), 0, 16);
}


1;
