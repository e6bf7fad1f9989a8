# ECDSA signatures are R and S, each as long as the curve's order, and nothing
# else.

use lib 't/lib';
use Test::Nginx::ActorToken;

use MIME::Base64 qw( decode_base64url );

# a token whose R and S, of 32 bytes each, were made into something else

sub altered {
    my ($alter) = @_;

    my ($header, $payload, $signature) = split /\./, token();

    return "$header.$payload."
           . b64u($alter->(unpack 'a32 a32', decode_base64url($signature)));
}

# ASN.1: a sequence of two integers, of which none is negative

sub der {
    my $integers = join '', map {
        my $n = s/^\0+//r =~ s/^(?=[\x80-\xff])/\0/r;
        pack('CC', 2, length $n) . $n;
    } @_;

    return pack('CC', 0x30, length $integers) . $integers;
}

# the order of P-256

our $Order = pack 'H*', 'ffffffff00000000ffffffffffffffff'
                        . 'bce6faada7179e84f3b9cac2fc632551';

run_tests();

__DATA__

=== TEST 1: as it was made
--- token eval
altered(sub { join '', @_ })


=== TEST 2: as DER (standards 24: RFC 7518, section 3.4)
--- token eval
altered(sub { der(@_) })
--- reason: bad_signature


=== TEST 3: each with a zero in front
--- token eval
altered(sub { join '', map { "\0$_" } @_ })
--- reason: bad_signature


=== TEST 4: zeros behind them
--- token eval
altered(sub { join '', @_, "\0\0" })
--- reason: bad_signature


=== TEST 5: a byte is missing
--- token eval
altered(sub { substr join('', @_), 0, 63 })
--- reason: bad_signature


=== TEST 6: R is zero
--- token eval
altered(sub { "\0" x 32 . $_[1] })
--- reason: bad_signature


=== TEST 7: S is zero
--- token eval
altered(sub { $_[0] . "\0" x 32 })
--- reason: bad_signature


=== TEST 8: both are zero (CVE-2022-21449) (standards 24: RFC 7518, section 3.4)
--- token eval
altered(sub { "\0" x 64 })
--- reason: bad_signature


=== TEST 9: both are the curve's order
--- token eval
altered(sub { $::Order x 2 })
--- reason: bad_signature


=== TEST 10: S and R
--- token eval
altered(sub { join '', reverse @_ })
--- reason: bad_signature


=== TEST 11: of another curve, which is longer
--- token eval
my ($header, $payload) = split /\./, token();
my ($longer) = token(signer => 'p384') =~ /([^.]*)\z/;
"$header.$payload.$longer"
--- reason: bad_signature
