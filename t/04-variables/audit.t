# The audit line.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: of an accepted request (standards 66: a decision of this module)
--- request
GET /t?secret=1
--- more_headers
Host: api.example.com
--- claims
{"jti": "id-1", "aud": "https://api.example.com", "act": {"iss": "https://login.acme.example", "sub": "agent-1", "act": {"sub": "agent-0"}}}
--- audit
{"remote_addr": "127.0.0.1", "host": "api.example.com", "method": "GET",
 "http_status": 200, "status": "PASSED", "reason": "ok", "accepted": true,
 "issuer_name": "acme", "iss": "https://login.acme.example", "tenant": "acme",
 "sub": "user-1", "jti": "id-1",
 "chain": [{"iss": "https://login.acme.example", "sub": "agent-1"}, {"sub": "agent-0"}]}


=== TEST 2: the URI has no arguments
--- request
GET /t/path?secret=1
--- reason: ok
--- audit
{"method": "GET"}


=== TEST 3: of a rejection by policy: who tried to do what (standards 66: a decision of this module)
--- claims
{"act": "(absent)", "jti": "id-2"}
--- reason: actor_missing
--- audit
{"accepted": false, "status": "REJECTED", "reason": "actor_missing", "http_status": 403,
 "sub": "user-1", "tenant": "acme", "jti": "id-2", "chain": [], "issuer_name": "acme"}


=== TEST 4: of an unsigned one, nothing that it claims
--- token eval
token(signer => 'mallory', jose => {kid => 'acme'}, claims => {sub => 'admin'})
--- reason: bad_signature
--- audit
{"sub": "(absent)", "iss": "(absent)", "chain": "(absent)", "jti": "(absent)",
 "tenant": "(absent)", "aud": "(absent)", "exp": "(absent)", "issuer_name": "acme"}


=== TEST 5: without a token
--- no_token
--- reason: missing
--- audit
{"fingerprint": "", "sub": "(absent)", "http_status": 401}


=== TEST 6: an expired one is told with all it says
--- claims
{"exp": 1000, "iat": 900, "jti": "id-3"}
--- reason: expired
--- audit
{"exp": 1000, "sub": "user-1", "jti": "id-3"}


=== TEST 7: aud is always an array
--- claims
{"aud": "https://api.example.com"}
--- audit
{"aud": ["https://api.example.com"]}


=== TEST 8: aud as an array
--- claims
{"aud": ["https://api.example.com", "https://other.example"]}
--- audit
{"aud": ["https://api.example.com", "https://other.example"]}


=== TEST 9: quotes, backslashes and other scripts
--- claims eval
{sub => qq("\\/\x{e9}\x{20ac}\x{1f600})}
--- audit eval
{sub => qq("\\/\x{e9}\x{20ac}\x{1f600})}


=== TEST 10: a newline in a claim that makes the token bad
--- claims
{"sub": "user\n1"}
--- reason: bad_claim


=== TEST 11: a NUL
--- claims
{"jti": "a\u0000b"}
--- reason: bad_claim


=== TEST 12: U+2028 and U+0080 are harmless
--- claims eval
{sub => "a\x{2028}b\x{80}c"}
--- audit eval
{sub => "a\x{2028}b\x{80}c"}


=== TEST 13: strings are cut at 256 bytes
--- claims eval
{sub => 'u' x 300}
--- audit eval
{sub => 'u' x 256}


=== TEST 14: as they are when they have 256
--- claims eval
{sub => 'u' x 256}
--- audit eval
{sub => 'u' x 256}


=== TEST 15: and never within a character
--- claims eval
{sub => 'u' x 255 . "\x{20ac}" x 10}
--- audit eval
{sub => 'u' x 255}


=== TEST 16: the line is cut at 8 KiB and still JSON
--- policy
actor_token_max_size 32k;
actor_token_max_depth 200;
--- http_config
large_client_header_buffers 4 64k;
--- claims eval
my $act;
$act = {sub => "agent-$_-" . 'x' x 90, iss => 'https://login.acme.example', $act ? (act => $act) : ()} for 1 .. 30;
{act => $act, aud => ['https://api.example.com', map { "https://$_.example/" . 'y' x 200 } 1 .. 20], sub => "\x{1}" x 0 . 'z' x 300}
--- audit
{"accepted": true}


=== TEST 17: a URI with quotes, controls and a byte that is no UTF-8
--- config
include policy.conf;
location ~ . { root html; try_files /index.html =404; }
--- request
GET /%22%5c%0a%ff%e2%82%ac
--- audit
{"accepted": true}


=== TEST 18: a host in the request
--- raw_request eval
"GET /t HTTP/1.1\r\nHost: EXAMPLE.com\r\nConnection: close\r\nAuthorization: Bearer \$TOKEN\r\n\r\n"
--- audit
{"host": "example.com"}


=== TEST 19: the status that the client got
--- config
include policy.conf;
location /t {
    root html;
    try_files /index.html =404;
    error_page 401 =418 /index.html;
}
location = /index.html { actor_token off; root html; }
--- claims
{"aud": "x"}
--- reason: audience_mismatch
--- error_code: 418
--- audit
{"http_status": 418, "accepted": false}


=== TEST 20: accepted, and not found
--- config
include policy.conf;
location /t { root html; try_files /none.html =404; }
--- error_code: 404
--- audit
{"http_status": 404, "accepted": true, "status": "PASSED"}


=== TEST 21: escape=none writes one line
--- http_config
log_format audit escape=none '$actor_token_audit';
--- config
include policy.conf;
location /t {
    access_log logs/probe.log probe;
    access_log logs/access.log audit;
    root html;
    try_files /index.html =404;
}
--- claims eval
{sub => qq(a"b\\c)}
--- access_log eval
'"sub":"a\\"b\\\\c"'


=== TEST 22: who has sent a token of another type
--- jose
{"typ": "JWT"}
--- claims
{"jti": "id-9"}
--- reason: type_not_allowed
--- audit
{"sub": "user-1", "tenant": "acme", "iss": "https://login.acme.example", "jti": "id-9",
 "chain": [{"sub": "agent-1"}]}


=== TEST 23: who has sent a bound token
--- claims
{"jti": "id-9", "cnf": {"jkt": "x"}}
--- reason: binding_unsupported
--- audit
{"sub": "user-1", "tenant": "acme", "iss": "https://login.acme.example", "jti": "id-9",
 "chain": [{"sub": "agent-1"}]}


=== TEST 24: what a token with a bad claim says otherwise
--- claims
{"jti": "id-9", "exp": "soon", "aud": ["https://api.example.com"], "scope": 5}
--- reason: bad_claim
--- audit
{"exp": "(absent)", "aud": ["https://api.example.com"],
 "sub": "user-1", "tenant": "acme", "iss": "https://login.acme.example", "jti": "id-9",
 "chain": [{"sub": "agent-1"}]}


=== TEST 25: a bad claim that is itself told
--- claims
{"jti": "id\n9", "sub": 5}
--- reason: bad_claim
--- audit
{"jti": "id\n9", "sub": "(absent)", "tenant": "acme", "chain": [{"sub": "agent-1"}]}


=== TEST 26: no chain of an actor that cannot be read
--- claims
{"act": {"sub": 5}}
--- reason: actor_malformed
--- audit
{"sub": "user-1", "tenant": "acme", "chain": "(absent)"}


=== TEST 27: without a required claim
--- issuer
require_claim acr;
--- reason: claim_missing
--- audit
{"sub": "user-1", "tenant": "acme", "chain": [{"sub": "agent-1"}]}
