# A secret that is published is none: it is left out of a fetched set, also
# where HMAC is allowed.

use lib 't/lib';
use Test::Nginx::ActorToken;

repeat_each(1);

our $Config = <<'_EOC_';
include policy.conf;

location = /keys {
    internal;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/published;
}

location = /published {
    actor_token off;
    access_log logs/published.log;
    alias $TEST_NGINX_SERVER_ROOT/conf/published.json;
}

location /t {
    root html;
    try_files /index.html =404;
}
_EOC_

our $Issuer = 'actor_token_issuer acme {
    issuer https://login.acme.example;
    key_request /keys;
    algorithms ES256 HS256;
    tenant acme;
}';

sub publish {
    my $path = Test::Nginx::Util::server_root() . '/conf/published.json';

    open my $fh, '>', $path or die "$path: $!";
    print $fh jwks(@_);
    close $fh;
}

run_tests();

__DATA__

=== TEST 1: a set of public keys
--- issuers eval: $::Issuer
--- config eval: $::Config
--- conf_files eval
['published.json' => jwks('one')]
--- signer: one


=== TEST 2: a set with a secret beside it (standards 19: RFC 8725, section 3.1)
--- init: ::publish('one', 'hs256')
--- signer: hs256
--- reason: unknown_key
--- error_log
is a secret, which is none once it is published


=== TEST 3: the others of that set are in use
--- signer: one
