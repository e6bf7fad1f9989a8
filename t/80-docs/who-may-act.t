# Who may act, step by step, in the documentation.

use lib 't/lib', 't/80-docs';
use Test::Nginx::ActorToken;
use Docs;

# of acme's own issuer

sub acme {
    my ($actor, %over) = @_;

    return shape({ iss => 'https://id.acme.example', sub => 'alice',
                   aud => 'https://api.example.com',
                   iat => 'now', exp => 'now+300',
                   act => { sub => $actor } }, \%over);
}

# of the authority for agents

sub agents {
    my ($actor, %over) = @_;

    return shape({ iss => 'https://agents.example.net', sub => 'bob',
                   aud => 'https://api.example.com', org => 'acme',
                   iat => 'now', exp => 'now+300',
                   act => { sub => $actor, org => 'acme' } }, \%over);
}

run_tests();

__DATA__

=== TEST 1: anybody
--- issuers eval: readme('who-may-act')
--- config
root html;
--- more_headers
Host: acme.example.com
--- request
GET /status/
--- payload eval: acme('whoever')


=== TEST 2: but somebody
--- more_headers
Host: acme.example.com
--- request
GET /status/
--- payload eval: acme('', act => '(absent)')
--- reason: actor_missing


=== TEST 3: by name
--- more_headers
Host: acme.example.com
--- request
GET /users/
--- payload eval: acme('svc:billing')


=== TEST 4: another name
--- more_headers
Host: acme.example.com
--- request
GET /users/
--- payload eval: acme('svc:backup')
--- reason: actor_not_allowed


=== TEST 5: the name, from another issuer
--- more_headers
Host: acme.example.com
--- request
GET /users/
--- signer: agents
--- payload eval: agents('svc:billing')
--- reason: actor_not_allowed


=== TEST 6: by prefix
--- more_headers
Host: acme.example.com
--- request
GET /tickets/
--- signer: agents
--- payload eval: agents('agent:triage')
--- vars
actor_tenant: acme


=== TEST 7: which is the other issuer's alone
--- more_headers
Host: acme.example.com
--- request
GET /tickets/
--- payload eval: acme('agent:triage')
--- reason: actor_not_allowed


=== TEST 8: an agent of another tenant
--- more_headers
Host: acme.example.com
--- request
GET /tickets/
--- signer: agents
--- payload eval: agents('', act => { sub => 'agent:triage', org => 'globex' })
--- reason: actor_tenant_not_allowed


=== TEST 9: an agent's token that lives too long
--- more_headers
Host: acme.example.com
--- request
GET /tickets/
--- signer: agents
--- payload eval: agents('agent:triage', exp => 'now+3600')
--- reason: lifetime_exceeded
--- challenge: Bearer realm="api", error="invalid_token"


=== TEST 10: reading
--- more_headers
Host: acme.example.com
--- request
GET /plans/
--- signer: agents
--- payload eval: agents('agent:triage')


=== TEST 11: not writing
--- more_headers
Host: acme.example.com
--- request
POST /plans/
--- signer: agents
--- payload eval: agents('agent:triage')
--- reason: requirement_failed
--- logged
$may_act


=== TEST 12: who may write
--- more_headers
Host: acme.example.com
--- request
POST /plans/
--- signer: agents
--- payload eval: agents('agent:planner')


=== TEST 13: the payment
--- more_headers
Host: acme.example.com
--- request
POST /payments/
--- payload eval: acme('svc:billing', scope => 'openid payments:write')


=== TEST 14: that the user has not granted
--- more_headers
Host: acme.example.com
--- request
POST /payments/
--- payload eval: acme('svc:billing', scope => 'openid payments:read')
--- reason: insufficient_scope
--- challenge: Bearer realm="api", error="insufficient_scope", scope="payments:write"


=== TEST 15: at second hand
--- more_headers
Host: acme.example.com
--- request
POST /payments/
--- payload eval
acme('', scope => 'payments:write',
     act => { sub => 'svc:billing', act => { sub => 'svc:support' } })
--- reason: chain_too_deep
--- challenge: Bearer realm="api", error="invalid_token"
