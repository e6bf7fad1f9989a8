# A fetch that has no place to go to, or several, is refused, and the message
# says what to write.

use lib 't/lib';
use Test::Nginx::ActorToken;
use ActorToken::FetchProbe;

repeat_each(1);
run_tests();

__DATA__

=== TEST 1: no location
--- config
location = /t {
    fetch_probe /keys;      #<
}
--- must_die
no server has an internal location for "/keys"
add one such as "location = /keys { internal; ... }"


=== TEST 2: only the public one for everything
--- http_config
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    location / { root html; }
}
--- config
location = /t {
    fetch_probe /keys;      #<
}
--- must_die
no server has an internal location for "/keys"


=== TEST 3: a public one
--- http_config
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    server_name keys.example.com;
    location = /keys {
        proxy_pass http://127.0.0.1:1;
    }
}
--- config
location = /t {
    fetch_probe /keys;      #<
}
--- must_die
the location for "/keys" is not internal: add "internal;" to it in server "keys.example.com" (


=== TEST 4: a redirect to one
--- config
location /keys/ {
    internal;
    proxy_pass http://127.0.0.1:1;
}
location = /t {
    fetch_probe /keys;      #<
}
--- must_die
no server has an internal location for "/keys"


=== TEST 5: several servers
--- http_config
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    server_name one.example.com other;
    location = /keys { internal; return 200 one; }
}
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    server_name two.example.com;
    location = /keys { return 200 two; }
}
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    server_name three.example.com;
    location ~ ^/keys { internal; return 200 three; }
}
--- config
location = /t {
    fetch_probe /keys;      #<
}
--- must_die
several servers have an internal location for "/keys": add "server=" and one of "one.example.com" (
"three.example.com" (


=== TEST 6: a server that does not exist
--- config
location = /keys { internal; return 200 keys; }
location = /t {
    fetch_probe /keys server=elsewhere;      #<
}
--- must_die
there is no server "elsewhere"


=== TEST 7: a server without such a location
--- http_config
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    server_name keys.example.com;
    location = /keys { return 200 keys; }
}
--- config
location = /keys { internal; return 200 keys; }
location = /t {
    fetch_probe /keys server=keys.example.com;      #<
}
--- must_die
server "keys.example.com" has no internal location for "/keys"


=== TEST 8: not a name, but a part of one
--- http_config
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    server_name *.example.com;
    location = /keys { internal; return 200 keys; }
}
--- config
location = /t {
    fetch_probe /keys server=a.example.com;      #<
}
--- must_die
there is no server "a.example.com"
