# An MCP server behind nginx: a client finds its authorization server (RFC 9728).

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: a client without a token learns where to look
--- config
location = /.well-known/oauth-protected-resource {
    default_type application/json;
    return 200 '{"resource":"https://mcp.example.com/mcp","authorization_servers":["https://login.acme.example"]}';
}
location /mcp {
    actor_token mcp;
    actor_token_audience https://mcp.example.com/mcp;
    actor_token_tenant acme;
    actor_token_delegation optional;
    actor_token_scope mcp:tools;
    actor_token_resource_metadata https://mcp.example.com/.well-known/oauth-protected-resource;
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
}
--- http_config
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / { return 200 "[$http_authorization]"; }
}
--- request
POST /mcp
{"jsonrpc":"2.0","id":1,"method":"initialize"}
--- no_token
--- reason: missing
--- challenge: Bearer realm="mcp", resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource"


=== TEST 2: and finds it
--- request
GET /.well-known/oauth-protected-resource
--- no_token
--- reason: -
--- response_body: {"resource":"https://mcp.example.com/mcp","authorization_servers":["https://login.acme.example"]}


=== TEST 3: a token for another resource
--- request
POST /mcp
{}
--- reason: audience_mismatch
--- challenge: Bearer realm="mcp", error="invalid_token", resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource"


=== TEST 4: without the scope
--- request
POST /mcp
{}
--- claims
{"aud": "https://mcp.example.com/mcp"}
--- reason: insufficient_scope
--- challenge: Bearer realm="mcp", error="insufficient_scope", scope="mcp:tools", resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource"


=== TEST 5: with it, and the server never sees the token
--- request
POST /mcp
{}
--- claims
{"aud": "https://mcp.example.com/mcp", "scope": "mcp:tools"}
--- response_body: []
