# key_request in the documentation: keys come through the internal location.

use strict;
use warnings;

use lib 't/lib', 't/80-docs';

use Test::More;

use ActorToken::Mint;
use Docs;

plan(skip_all => 'nginx has no TLS') unless has_module('http_ssl_module');

my ($dir, $send) = running('key-request');
my %claims = (iss => 'https://id.acme.example');

is($send->('/', token(claims => \%claims)), 200, 'a key that was fetched');
is($send->('/', token(claims => \%claims, signer => 'other')), 401,
   'and one that the issuer does not have');
is($send->('/keys/acme', token(claims => \%claims)), 404,
   'nobody else gets there');

quit($dir);

done_testing();
