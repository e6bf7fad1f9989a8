# All answers of 401 invalid_token are alike on the wire, byte for byte but
# for the Date.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: expired (standards 63: a decision of this module)
--- issuer
max_lifetime 1h;
--- claims
{"exp": "now-100", "iat": "now-200"}
--- reason: expired
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 2: malformed
--- token
abc
--- reason: malformed
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 3: crit_unsupported
--- jose
{"crit": ["x"], "x": 1}
--- reason: crit_unsupported
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 4: type_not_allowed
--- jose
{"typ": "JWT"}
--- reason: type_not_allowed
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 5: algorithm_not_allowed
--- token eval
unsigned()
--- reason: algorithm_not_allowed
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 6: untrusted_issuer
--- claims
{"iss": "https://x.example"}
--- reason: untrusted_issuer
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 7: unknown_key
--- jose
{"kid": "x"}
--- reason: unknown_key
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 8: bad_signature
--- token eval
token(signer => "mallory", jose => {kid => "acme"})
--- reason: bad_signature
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 9: binding_unsupported
--- claims
{"cnf": {}}
--- reason: binding_unsupported
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 10: bad_claim
--- claims
{"jti": 1}
--- reason: bad_claim
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 11: claim_missing
--- claims
{"sub": ""}
--- reason: claim_missing
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 12: not_yet_valid
--- claims
{"nbf": "now+100"}
--- reason: not_yet_valid
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 13: lifetime_exceeded
--- claims
{"iat": "now-4000"}
--- reason: lifetime_exceeded
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 14: audience_mismatch
--- claims
{"aud": "x"}
--- reason: audience_mismatch
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 15: actor_malformed
--- claims
{"act": 1}
--- reason: actor_malformed
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 16: chain_too_deep
--- claims
{"act": {"sub": "a", "act": {"sub": "b", "act": {"sub": "c", "act": {"sub": "d", "act": {"sub": "e"}}}}}}
--- reason: chain_too_deep
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 17: tenant_mismatch
--- no_tenant_rule
--- issuer
tenant_claim tid;
tenants acme beta;
require_claim ver =2;
--- policy
actor_token_tenant $arg_tenant;
--- request
GET /t?tenant=acme
--- claims
{"tid": "beta", "ver": "2"}
--- reason: tenant_mismatch
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 18: tenant_missing
--- request
GET /t?tenant=acme
--- claims
{"ver": "2"}
--- reason: tenant_missing
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 19: tenant_not_allowed
--- request
GET /t?tenant=acme
--- claims
{"tid": "x", "ver": "2"}
--- reason: tenant_not_allowed
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 20: tenant_unresolved
--- request
GET /t
--- claims
{"tid": "acme", "ver": "2"}
--- reason: tenant_unresolved
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 21: claim_mismatch
--- request
GET /t?tenant=acme
--- claims
{"tid": "acme", "ver": "1"}
--- reason: claim_mismatch
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 22: too_large
--- policy
actor_token_max_size 1k;
--- token eval
'a' x 2000
--- reason: too_large
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$


=== TEST 23: tenant_conflict
--- issuers
actor_token_issuer cloud {
    issuer "https://login.cloud.example/{tenant}";
    jwks acme.jwks;
    tenant_claim tid;
}
--- claims
{"iss": "https://login.cloud.example/acme", "tid": "beta"}
--- reason: tenant_conflict
--- raw_response_headers_like: ^HTTP/1.1 401 Unauthorized\r\nServer: [^\r]+\r\nDate: [^\r]+\r\nContent-Type: text/html\r\nContent-Length: \d+\r\nConnection: close\r\nWWW-Authenticate: Bearer realm="test", error="invalid_token"(\r\n)*\z
--- response_body_like: ^<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx/[^<]*</center>\r\n</body>\r\n</html>\r\n$
