package Bench::Tokens;

# Tokens as a real authorization server mints them: 688 bytes of payload, 1.0
# to 1.3 kB in all.  Keys are those of this run, and no two tokens are alike.

use v5.10.1;
use strict;
use warnings;

use JSON::PP;

use ActorToken::Mint ();


use constant PAYLOAD => 688;

my $Json = JSON::PP->new->canonical->utf8;
my $Now = time;

# what a case is called => the key that signs; HMAC where it must be named

my %Key = (
    RS256 => 'rsa-1', PS256 => 'rsa-1', ES256 => 'p256-1',
    EdDSA => 'ed25519-1', HS256 => 'hs256-1',

    'RS256-4096' => 'rsa4096-1', ES512 => 'p521-1', 'EdDSA-Ed448' => 'ed448-1',
);


sub algorithms { return qw( RS256 PS256 ES256 EdDSA HS256 ) }
sub heavy      { return qw( RS256-4096 ES512 EdDSA-Ed448 ) }


sub key_name {
    my ($case) = @_;

    return $Key{$case} // die "no such algorithm: $case\n";
}


# the text and the mode of what verifies it, for C programs

sub key_file {
    my ($case) = @_;

    my $name = key_name($case);

    return ActorToken::Mint::file_for($name . ($case =~ /^HS/ ? '.secret'
                                                              : '.pem'));
}


sub payload {
    my ($n, $iss) = @_;

    my $id = sprintf '%08d-%04x-4c1d-9f3a-%012d', $n, $n % 65536, $n;

    my %claims = (
        iss       => $iss // 'https://login.acme.example',
        sub       => "user|5f7c8ec7c33c6c004bbafe$id",
        aud       => ['https://api.example.com', 'https://userinfo.example'],
        act       => { sub => 'svc:support', client_id => 'support-desk' },
        client_id => 'support-desk-3f1c2a',
        scope     => 'openid profile email tickets:read tickets:write',
        jti       => $id,
        iat       => $Now,
        nbf       => $Now,
        exp       => $Now + 12 * 3600,
        auth_time => $Now - 60,
        acr       => 'urn:example:acr:mfa',
        amr       => ['pwd', 'otp', 'mfa'],
        roles     => ['agent', 'supervisor', 'reader'],
        email     => 'alice.example@acme.example',
        name      => 'Alice Example',
        sid       => '',
    );

    my $rest = PAYLOAD - length $Json->encode(\%claims);
    die "the payload is too long by ", -$rest, "\n" if $rest < 0;

    $claims{sid} = substr 'c0ffee' x $rest, 0, $rest;

    return $Json->encode(\%claims);
}


sub sign {
    my ($case, $payload) = @_;

    my ($alg) = split /-/, $case;

    return ActorToken::Mint::token(signer => key_name($case) . "/$alg",
                                   payload => $payload);
}


sub good {
    my ($case, $n, $iss) = @_;

    return sign($case, payload($n, $iss));
}


# A signature of the right key, of another token: as much work as a good one.

sub bad {
    my ($case, $n) = @_;

    my ($head) = good($case, $n) =~ /^(.*\.)/;
    my ($signature) = good($case, $n + 1) =~ /\.([^.]*)$/;

    return $head . $signature;
}


# no token at all, as long as one

sub garbage {
    my ($case) = @_;

    return good($case, 0) =~ tr/.//dr;
}


# the payload's JSON ends before its last brace

sub broken {
    my ($case) = @_;

    return sign($case, payload(0) =~ s/\}$/ /r);
}


sub oversize {
    my ($case) = @_;

    my $token = good($case, 0);

    return $token . 'A' x (9000 - length $token);
}


1;
