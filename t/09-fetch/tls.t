# An origin over TLS, whose certificate the location verifies.

use lib 't/lib';
use Test::Nginx::ActorToken;
use ActorToken::FetchProbe;

our $port = origin_port() + 1;
our $dir = scratch();

# an authority, a certificate of its for keys.example.com, and another
# authority that knows nothing of it

sub openssl {
    system("openssl @_ >$dir/openssl.log 2>&1") == 0
        or die "openssl @_ failed, see $dir/openssl.log";
}

openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        . " -subj /CN=$_ -days 2 -keyout $dir/$_.key -out $dir/$_.crt")
    for qw( authority other );
openssl("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        . " -subj /CN=keys.example.com -keyout $dir/keys.key"
        . " -out $dir/keys.csr");
openssl("x509 -req -in $dir/keys.csr -CA $dir/authority.crt"
        . " -CAkey $dir/authority.key -CAcreateserial -days 2"
        . " -out $dir/keys.crt");

our $server = <<"_EOC_";
server {
    listen 127.0.0.1:$port ssl;
    server_name keys.example.com;
    ssl_certificate $dir/keys.crt;
    ssl_certificate_key $dir/keys.key;
    location /set {
        return 200 '{"keys":[]}';
    }
}
_EOC_

# nginx does not free the sessions that it keeps for peers

sub location {
    my ($authority, $name, $verify) = @_;

    return <<"_EOC_";
location = /keys {
    internal;
    proxy_pass https://127.0.0.1:$port/set;
    proxy_ssl_trusted_certificate $dir/$authority.crt;
    proxy_ssl_name $name;
    proxy_ssl_server_name on;
    proxy_ssl_verify $verify;
    proxy_ssl_session_reuse off;
}
location = /t {
    fetch_probe /keys;
}
_EOC_
}

run_tests();

__DATA__

=== TEST 1: verified
--- http_config eval
$::server
--- config eval
main::location('authority', 'keys.example.com', 'on')
--- response_body
status=200 max_age=-1 length=11 error="" body={"keys":[]}
--- no_error_log
[error]


=== TEST 2: somebody else's (standards 69: a decision of this module)
--- http_config eval
$::server
--- config eval
main::location('other', 'keys.example.com', 'on')
--- response_body
status=502 max_age=-1 length=0 error="the location answered 502"
--- error_log
upstream SSL certificate verify error
while fetching keys of issuer "probe" (SSL handshaking to upstream)


=== TEST 3: another name (standards 69: a decision of this module)
--- http_config eval
$::server
--- config eval
main::location('authority', 'other.example.com', 'on')
--- response_body
status=502 max_age=-1 length=0 error="the location answered 502"
--- error_log
upstream SSL certificate does not match "other.example.com"


=== TEST 4: not looked at
--- http_config eval
$::server
--- config eval
main::location('other', 'other.example.com', 'off')
--- response_body
status=200 max_age=-1 length=11 error="" body={"keys":[]}
