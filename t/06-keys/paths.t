# Paths of key files.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: relative to the configuration folder
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks sub/set.json;
    tenant acme;
}
--- conf_setup
mkdir "$dir/sub" or die;
open my $fh, '>', "$dir/sub/set.json" or die;
print $fh Test::Nginx::ActorToken::jwks('acme');
close $fh;


=== TEST 2: absolute
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks $TEST_NGINX_SERVER_ROOT/conf/acme.json;
    tenant acme;
}
--- conf_files eval
['acme.json' => jwks('acme')]


=== TEST 3: quoted
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks "acme set.json";
    tenant acme;
}
--- conf_files eval
['acme set.json' => jwks('acme')]
