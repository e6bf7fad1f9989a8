# The token is taken out of the request before an upstream sees it: fastcgi,
# uwsgi, scgi and grpc.

use lib 't/lib';
use Test::Nginx::ActorToken;

# what came, readable

sub seen {
    my ($bytes) = @_;

    return $bytes =~ s/[^\x20-\x7e]/./gr;
}

sub fastcgi {
    my ($bytes) = @_;

    my $body = "Content-Type: text/plain\r\n\r\n" . seen($bytes);

    return pack('CCnnCC', 1, 6, 1, length $body, 0, 0) . $body
           . pack('CCnnCC', 1, 6, 1, 0, 0, 0)
           . pack('CCnnCC', 1, 3, 1, 8, 0, 0) . "\0" x 8;
}

sub cgi {
    my ($bytes) = @_;

    return "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n"
           . seen($bytes);
}

run_tests();

__DATA__

=== TEST 1: fastcgi
--- config
include policy.conf;
location = /t {
    fastcgi_pass unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /forward {
    actor_token_forward on;
    fastcgi_pass unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /header {
    actor_token test token=$http_x_token;
    fastcgi_pass unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /cookie {
    actor_token test token=$cookie_session;
    fastcgi_pass unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
--- more_headers
X-Other: stays
--- tcp_listen: $TEST_NGINX_SERVER_ROOT/logs/up.sock
--- tcp_reply eval
\&fastcgi
--- response_body_like: HTTP_X_OTHERstays
--- response_body_unlike: AUTHORIZATION|Bearer|ey[A-Z]


=== TEST 2: fastcgi, forwarded
--- request
GET /forward
--- tcp_listen: $TEST_NGINX_SERVER_ROOT/logs/up.sock
--- tcp_reply eval
\&fastcgi
--- response_body_like: HTTP_AUTHORIZATIONBearer ey


=== TEST 3: fastcgi, a header
--- request
GET /header
--- more_headers
X-Token: $TOKEN
X-Other: stays
--- tcp_listen: $TEST_NGINX_SERVER_ROOT/logs/up.sock
--- tcp_reply eval
\&fastcgi
--- response_body_like: HTTP_X_OTHERstays
--- response_body_unlike: X_TOKEN|ey[A-Z]


=== TEST 4: fastcgi, a cookie
--- request
GET /cookie
--- more_headers
Cookie: a=1; session=$TOKEN; b=2
--- tcp_listen: $TEST_NGINX_SERVER_ROOT/logs/up.sock
--- tcp_reply eval
\&fastcgi
--- response_body_like: HTTP_COOKIEa=1; b=2
--- response_body_unlike: session|ey[A-Z]


=== TEST 5: uwsgi
--- config
include policy.conf;
location = /t {
    uwsgi_pass unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /forward {
    actor_token_forward on;
    uwsgi_pass unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /header {
    actor_token test token=$http_x_token;
    uwsgi_pass unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /cookie {
    actor_token test token=$cookie_session;
    uwsgi_pass unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
--- more_headers
X-Other: stays
--- tcp_listen: $TEST_NGINX_SERVER_ROOT/logs/up.sock
--- tcp_reply eval
\&cgi
--- response_body_like: HTTP_X_OTHER..stays
--- response_body_unlike: AUTHORIZATION|Bearer|ey[A-Z]


=== TEST 6: uwsgi, forwarded
--- request
GET /forward
--- tcp_listen: $TEST_NGINX_SERVER_ROOT/logs/up.sock
--- tcp_reply eval
\&cgi
--- response_body_like: HTTP_AUTHORIZATION..Bearer ey


=== TEST 7: uwsgi, a header
--- request
GET /header
--- more_headers
X-Token: $TOKEN
X-Other: stays
--- tcp_listen: $TEST_NGINX_SERVER_ROOT/logs/up.sock
--- tcp_reply eval
\&cgi
--- response_body_like: HTTP_X_OTHER..stays
--- response_body_unlike: X_TOKEN|ey[A-Z]


=== TEST 8: uwsgi, a cookie
--- request
GET /cookie
--- more_headers
Cookie: a=1; session=$TOKEN; b=2
--- tcp_listen: $TEST_NGINX_SERVER_ROOT/logs/up.sock
--- tcp_reply eval
\&cgi
--- response_body_like: HTTP_COOKIE..a=1; b=2
--- response_body_unlike: session|ey[A-Z]


=== TEST 9: scgi
--- config
include policy.conf;
location = /t {
    scgi_pass unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /forward {
    actor_token_forward on;
    scgi_pass unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /header {
    actor_token test token=$http_x_token;
    scgi_pass unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
location = /cookie {
    actor_token test token=$cookie_session;
    scgi_pass unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
--- more_headers
X-Other: stays
--- tcp_listen: $TEST_NGINX_SERVER_ROOT/logs/up.sock
--- tcp_reply eval
\&cgi
--- response_body_like: HTTP_X_OTHER.stays
--- response_body_unlike: AUTHORIZATION|Bearer|ey[A-Z]


=== TEST 10: scgi, forwarded
--- request
GET /forward
--- tcp_listen: $TEST_NGINX_SERVER_ROOT/logs/up.sock
--- tcp_reply eval
\&cgi
--- response_body_like: HTTP_AUTHORIZATION.Bearer ey


=== TEST 11: scgi, a header
--- request
GET /header
--- more_headers
X-Token: $TOKEN
X-Other: stays
--- tcp_listen: $TEST_NGINX_SERVER_ROOT/logs/up.sock
--- tcp_reply eval
\&cgi
--- response_body_like: HTTP_X_OTHER.stays
--- response_body_unlike: X_TOKEN|ey[A-Z]


=== TEST 12: scgi, a cookie
--- request
GET /cookie
--- more_headers
Cookie: a=1; session=$TOKEN; b=2
--- tcp_listen: $TEST_NGINX_SERVER_ROOT/logs/up.sock
--- tcp_reply eval
\&cgi
--- response_body_like: HTTP_COOKIE.a=1; b=2
--- response_body_unlike: session|ey[A-Z]


=== TEST 13: proxy, all bytes of the request
--- config
include policy.conf;
location = /t {
    proxy_http_version 1.0;
    proxy_set_header Host localhost;
    proxy_set_header Connection close;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
--- more_headers
X-First: 1
--- tcp_listen: $TEST_NGINX_SERVER_ROOT/logs/up.sock
--- tcp_reply eval
sub { "HTTP/1.0 200 OK\r\n\r\n" . $_[0] }
--- response_body_like eval
qr/\AGET \/t HTTP\/1\.0\r\nHost: localhost\r\nConnection: close\r\nX-First: 1\r\n\r\n\z/
