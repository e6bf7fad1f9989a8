# Keys that are fetched through an internal location.

use lib 't/lib';
use Test::Nginx::ActorToken;

repeat_each(1);
no_shuffle();

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

sub issuer {
    my ($more) = @_;

    return 'actor_token_issuer acme {
        issuer https://login.acme.example;
        key_request /keys;
        tenant acme;
        ' . ($more // '') . '
    }';
}

sub publish {
    my $path = Test::Nginx::Util::server_root() . '/conf/published.json';

    open my $fh, '>', $path or die "$path: $!";
    print $fh jwks(@_);
    close $fh;
}

run_tests();

__DATA__

=== TEST 1: a token whose key has been fetched
--- issuers eval: ::issuer()
--- config eval: $::Config
--- conf_files eval
['published.json' => jwks('one')]
--- signer: one


=== TEST 2: an unknown kid starts one fetch, which finds it (standards 70: RFC 7517, section 4.5)
--- init: ::publish('two')
--- signer: two


=== TEST 3: keys that are not there any more verify nothing
--- signer: one
--- reason: unknown_key
