# A token that was accepted is remembered, and says the same the next time.

use lib 't/lib';
use Test::Nginx::ActorToken;

repeat_each(1);
no_shuffle();

our $plain = token();
our $rich = token(claims => {
    sub => "zoe", jti => 'id-7', client_id => 'app', scope => 'read write',
    aud => ['https://other.example', 'https://api.example.com'],
    name => 'Zoe', groups => ['a', 'b'], admin => \1,
    act => { sub => 'agent-1', iss => 'https://login.acme.example',
             act => { sub => 'svc', iss => 'https://partner.example' } } });

our $huge = token(claims => { jti => 'x' x 65536 });
our $large = token(claims => { jti => 'x' x 65535 });

run_tests();

__DATA__

=== TEST 1: seen for the first time
--- token eval: $::plain
--- vars
cache_status: MISS


=== TEST 2: and again
--- token eval: $::plain
--- vars
cache_status: HIT
subject: user-1
actor: agent-1
tenant: acme
issuer: https://login.acme.example
issuer_name: acme


=== TEST 3: another
--- http_config
actor_token_claim_set $groups groups;
actor_token_claim_set $admin admin;
--- policy
add_header X-Claims "$actor_token_claim_name|$groups|$admin";
--- token eval: $::rich
--- vars eval
"cache_status: MISS
subject: zoe
actor: agent-1
actor_issuer: https://login.acme.example
actor_tenant: acme
depth: 2
audience: https://api.example.com
id: id-7
client: app
scope: read write
chain: [{\"iss\":\"https://login.acme.example\",\"sub\":\"agent-1\"},{\"iss\":\"https://partner.example\",\"sub\":\"svc\"}]"
--- response_headers
X-Claims: Zoe|["a","b"]|1
--- audit
{"sub": "zoe", "jti": "id-7", "tenant": "acme",
 "aud": ["https://other.example", "https://api.example.com"]}


=== TEST 4: says all of that again
--- token eval: $::rich
--- vars eval
"cache_status: HIT
subject: zoe
actor: agent-1
actor_issuer: https://login.acme.example
actor_tenant: acme
depth: 2
audience: https://api.example.com
id: id-7
client: app
scope: read write
chain: [{\"iss\":\"https://login.acme.example\",\"sub\":\"agent-1\"},{\"iss\":\"https://partner.example\",\"sub\":\"svc\"}]"
--- response_headers
X-Claims: Zoe|["a","b"]|1
--- audit
{"sub": "zoe", "jti": "id-7", "tenant": "acme",
 "aud": ["https://other.example", "https://api.example.com"]}


=== TEST 5: a token that differs in its signature alone is another (standards 71: a decision of this module)
--- token eval
my ($head, $sig) = $::rich =~ /^(.*\.)([^.]*)$/;
$head . 'AAAA' . substr($sig, 4);
--- reason: bad_signature
--- vars
cache_status: MISS


=== TEST 6: nobody asks for what is too large
--- policy
actor_token_max_size 100;
--- token eval: $::plain
--- reason: too_large
--- vars
cache_status:


=== TEST 7: nor without a token
--- no_token
--- reason: missing
--- vars
cache_status:


=== TEST 8: what has a string of over 64 KiB is accepted
--- http_config
large_client_header_buffers 4 256k;
--- policy
actor_token_max_size 256k;
--- token eval: $::huge
--- vars
cache_status: MISS


=== TEST 9: but not remembered
--- token eval: $::huge
--- vars
cache_status: MISS


=== TEST 10: one that has not
--- token eval: $::large
--- vars
cache_status: MISS


=== TEST 11: is
--- token eval: $::large
--- vars
cache_status: HIT
