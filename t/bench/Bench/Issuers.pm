package Bench::Issuers;

# 10,000 issuer blocks with a key each; the one whose tokens are sent is the
# last.  Making the keys takes a while, so they are kept from run to run; nobody
# has their private halves.

use v5.10.1;
use strict;
use warnings;

use Crypt::PK::ECC;
use JSON::PP;

use Bench::Server;

use constant COUNT => 10_000;

my $Folder = Bench::Server::folder() . '/issuers';


sub write_keys {
    my ($n) = @_;

    return if -f "$Folder/$n.jwks";

    my $pk = Crypt::PK::ECC->new;
    $pk->generate_key('secp256r1');

    my $jwk = decode_json($pk->export_key_jwk('public'));
    $jwk->{kid} = "key-$n";

    Bench::Server::write_file("$Folder/$n.jwks",
                              encode_json({ keys => [$jwk] }));
}


sub blocks {
    my $text = '';

    for my $n (1 .. COUNT - 1) {
        write_keys($n);

        $text .= "actor_token_issuer i$n { "
                 . "issuer https://login-$n.example; "
                 . "jwks $Folder/$n.jwks; tenant t$n; }\n";
    }

    return $text . Bench::Server::issuer();
}


1;
