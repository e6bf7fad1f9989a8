# An MCP server behind nginx, in the documentation.

use lib 't/lib', 't/80-docs';
use Test::Nginx::ActorToken;
use Docs;

our $Metadata = 'resource_metadata="https://mcp.example.com/.well-known/'
                . 'oauth-protected-resource/mcp"';

# RFC 9068

sub payload_with {
    return shape({ iss => 'https://id.acme.example', sub => 'alice',
                   aud => 'https://mcp.example.com/mcp', client_id => 'editor',
                   iat => 'now', exp => 'now+300', jti => '1',
                   scope => 'mcp:tools' }, { @_ });
}

run_tests();

__DATA__

=== TEST 1: without a token a client learns where to look
--- issuers eval: readme('mcp')
--- config
root html;
--- request
POST /mcp
{"jsonrpc":"2.0","id":1,"method":"initialize"}
--- more_headers
Host: mcp.example.com
--- no_token
--- reason: missing
--- challenge eval
shown('mcp-challenge') =~ s/^WWW-Authenticate: //r


=== TEST 2: and there is the metadata
--- request eval
my ($path) = shown('mcp-challenge') =~ m{https://mcp\.example\.com(/[^"]+)};
"GET $path"
--- more_headers
Host: mcp.example.com
--- no_token
--- reason: -
--- response_headers
Content-Type: application/json
--- response_body
{
  "resource": "https://mcp.example.com/mcp",
  "authorization_servers": ["https://id.acme.example"],
  "scopes_supported": ["mcp:tools"]
}


=== TEST 3: with a token; the server does not see it
--- request
POST /mcp
{"jsonrpc":"2.0","id":1,"method":"tools/list"}
--- more_headers
Host: mcp.example.com
--- payload eval: payload_with()
--- vars
subject: alice
actor: editor
--- response_body_like eval
qr{\APOST /mcp\nAuthorization: \nX-Subject: alice\nX-Actor: editor\n}


=== TEST 4: an agent that has exchanged its token
--- request
POST /mcp
{}
--- more_headers
Host: mcp.example.com
--- payload eval: payload_with(act => { sub => 'agent:triage' })
--- vars
actor: agent:triage
client: editor


=== TEST 5: a token for another resource
--- request
POST /mcp
{}
--- more_headers
Host: mcp.example.com
--- payload eval: payload_with(aud => 'https://mcp.example.com')
--- reason: audience_mismatch
--- challenge eval
qq{Bearer realm="mcp", error="invalid_token", $main::Metadata}


=== TEST 6: without the scope
--- request
POST /mcp
{}
--- more_headers
Host: mcp.example.com
--- payload eval: payload_with(scope => 'mcp:read')
--- reason: insufficient_scope
--- challenge eval
qq{Bearer realm="mcp", error="insufficient_scope", scope="mcp:tools", $main::Metadata}


=== TEST 7: a client by itself
--- request
POST /mcp
{}
--- more_headers
Host: mcp.example.com
--- payload eval: payload_with(sub => 'editor')
--- reason: actor_missing
