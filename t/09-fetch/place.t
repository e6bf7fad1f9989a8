# Which location a fetch goes through: the one that nginx itself finds for
# such a subrequest.  That one alone is internal, so that another finding would
# be refused; each answers with its own name.

use lib 't/lib';
use Test::Nginx::ActorToken;
use ActorToken::FetchProbe;

sub found {
    my ($name) = @_;

    return 'status=200 max_age=-1 length=' . length($name)
           . qq{ error="" body=$name\n};
}

# $locations is text with "@@NAME" for the body of a location that answers;
# $name, the one that is expected, is the internal one

sub locations {
    my ($locations, $name, $uri) = @_;

    $locations =~ s{\@\@(\S+)}{
        ($1 eq $name ? 'internal; ' : '') . "return 200 $1;"
    }ge;

    return "$locations\nlocation = /t { fetch_probe $uri; }\n";
}

repeat_each(1);
run_tests();

__DATA__

=== TEST 1: exact before prefix
--- config eval
main::locations('
location = /keys { @@exact }
location /keys { @@prefix }', 'exact', '/keys')
--- response_body eval
main::found('exact')


=== TEST 2: the longest prefix
--- config eval
main::locations('
location /k { @@k }
location /keys/a { @@a }
location /keys { @@keys }
location /keys/abc { @@abc }', 'keys', '/keys/other')
--- response_body eval
main::found('keys')


=== TEST 3: a prefix that ends within a name
--- config eval
main::locations('
location /keys { @@keys }
location /key { @@key }
location /keyring { @@keyring }', 'key', '/keyhole')
--- response_body eval
main::found('key')


=== TEST 4: names on both sides of it
--- config eval
main::locations(join('', map { "location /$_ { \@\@$_ }\n" } 'a' .. 'z'),
                'q', '/quite')
--- response_body eval
main::found('q')


=== TEST 5: a regular expression before a prefix
--- config eval
main::locations('
location /keys { @@prefix }
location ~ ^/keys { @@regex }', 'regex', '/keys/a')
--- response_body eval
main::found('regex')


=== TEST 6: but not before one that says so
--- config eval
main::locations('
location ^~ /keys { @@prefix }
location ~ ^/keys { @@regex }', 'prefix', '/keys/a')
--- response_body eval
main::found('prefix')


=== TEST 7: the first of them
--- config eval
main::locations('
location ~ other { @@other }
location ~ a$ { @@first }
location ~ ^/keys { @@second }', 'first', '/keys/a')
--- response_body eval
main::found('first')


=== TEST 8: in any case
--- config eval
main::locations('
location ~ /KEYS { @@case }
location ~* /KEYS { @@nocase }', 'nocase', '/keys')
--- response_body eval
main::found('nocase')


=== TEST 9: nested
--- config eval
main::locations('
location /keys {
    @@outer
    location /keys/a { @@a }
    location = /keys/b { @@b }
}
location /keyst { @@other }', 'b', '/keys/b')
--- response_body eval
main::found('b')


=== TEST 10: a nested regular expression
--- config eval
main::locations('
location /keys {
    @@outer
    location ~ a { @@inner }
}
location ~ /keys { @@regex }', 'inner', '/keys/a')
--- response_body eval
main::found('inner')


=== TEST 11: a nested one does not match, and one outside does
--- config eval
main::locations('
location /keys {
    @@outer
    location ~ b { @@inner }
}
location ~ /keys { @@regex }', 'regex', '/keys/a')
--- response_body eval
main::found('regex')


=== TEST 12: nested in one that wants no regular expression
--- config eval
main::locations('
location ^~ /keys {
    @@outer
    location /keys/a { @@inner }
}
location ~ /keys { @@regex }', 'inner', '/keys/a/b')
--- response_body eval
main::found('inner')


=== TEST 13: nested in a regular expression
--- config eval
main::locations('
location ~ ^/keys {
    @@outer
    location ~ a$ { @@inner }
}', 'inner', '/keys/a')
--- response_body eval
main::found('inner')


=== TEST 14: inherited from the outer one
--- config
location /keys {
    internal;
    location /keys/a {
        return 200 $uri;
    }
}
location = /t {
    fetch_probe /keys/a;
}
--- response_body eval
main::found('/keys/a')


=== TEST 15: a name of more than 255 bytes
--- config eval
main::locations('
location /' . 'k' x 300 . ' { @@long }
location /' . 'k' x 260 . ' { @@shorter }', 'long', '/' . 'k' x 310)
--- response_body eval
main::found('long')


=== TEST 16: bytes beyond ASCII
--- config eval
main::locations("
location /k\xc3\xa9 { \@\@e }
location /k { \@\@k }", 'e', "/k\xc3\xa9ys")
--- response_body eval
main::found('e')


=== TEST 17: a template, in the path
--- config
location ~ ^/keys/(\w+)$ {
    internal;
    return 200 $1;
}
location = /t {
    fetch_probe "/keys/{tenant}" tenant=acme;
}
--- response_body eval
main::found('acme')


=== TEST 18: a template, in the arguments
--- config
location = /keys {
    internal;
    return 200 "$uri $args";
}
location = /t {
    fetch_probe "/keys?realm={tenant}&x" tenant=acme;
}
--- response_body eval
main::found('/keys realm=acme&x')


=== TEST 19: the one server that has it
--- http_config
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    server_name first;
    location / { return 200 first; }
}
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    server_name second;
    location /keys { internal; return 200 second; }
}
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    server_name third;
    location /keys { return 200 third; }
}
--- config
location = /t { fetch_probe /keys; }
--- response_body eval
main::found('second')


=== TEST 20: one of several that is named, by its second name in another case
--- http_config
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    server_name first;
    location /keys { internal; return 200 first; }
}
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    server_name second other.example.com;
    location /keys { internal; return 200 second; }
}
--- config
location = /t { fetch_probe /keys server=Other.example.com; }
--- response_body eval
main::found('second')


=== TEST 21: the first of several with a name
--- http_config
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    server_name same;
    location / { return 200 public; }
}
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    server_name same;
    location /keys { internal; return 200 second; }
}
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_3;
    server_name same;
    location /keys { internal; return 200 third; }
}
--- config
location = /t { fetch_probe /keys server=same; }
--- response_body eval
main::found('second')
