# The map in the documentation.

use lib 't/lib', 't/80-docs';
use Test::Nginx::ActorToken;
use Docs;

run_tests();

__DATA__

=== TEST 1: a name with the prefix
--- http_config eval: readme('map')
--- config
root html;
--- more_headers
Host: api.example.com
--- claims
{"act": {"sub": "agent:triage"}}
--- response_body_like: (?m)^X-Agent: 1$


=== TEST 2: another name
--- more_headers
Host: api.example.com
X-Agent: 1
--- claims
{"act": {"sub": "svc:support"}}
--- response_body_like: (?m)^X-Agent: 0$


=== TEST 3: case counts
--- more_headers
Host: api.example.com
--- claims
{"act": {"sub": "Agent:triage"}}
--- response_body_like: (?m)^X-Agent: 0$


=== TEST 4: and so does the beginning
--- more_headers
Host: api.example.com
--- claims
{"act": {"sub": "no-agent:triage"}}
--- response_body_like: (?m)^X-Agent: 0$


=== TEST 5: used before the access phase it is made anew
--- http_config eval
readme('map') =~ s/(location \/ \{)/set \$early \$is_agent; $1 add_header X-Early "[\$early]";/r
--- config
root html;
--- more_headers
Host: api.example.com
--- claims
{"act": {"sub": "agent:triage"}}
--- response_body_like: (?m)^X-Agent: 1$
--- response_headers
X-Early: [1]


=== TEST 6: without volatile it would not be, where the policy is the location's
--- http_config eval
readme('map') =~ s/actor_token           api;//r
              =~ s/    volatile;\n//r
              =~ s/(location \/ \{)/set \$early \$is_agent; $1 actor_token api;/r
--- config
root html;
--- more_headers
Host: api.example.com
--- claims
{"act": {"sub": "agent:triage"}}
--- response_body_like: (?m)^X-Agent: 0$


=== TEST 7: with it, it is
--- http_config eval
readme('map') =~ s/actor_token           api;//r
              =~ s/(location \/ \{)/set \$early \$is_agent; $1 actor_token api;/r
--- config
root html;
--- more_headers
Host: api.example.com
--- claims
{"act": {"sub": "agent:triage"}}
--- response_body_like: (?m)^X-Agent: 1$
