# The dry run of the documentation.

use lib 't/lib', 't/80-docs';
use Test::Nginx::ActorToken;
use Docs;

sub payload_with {
    return shape({ iss => 'https://id.acme.example', sub => 'alice',
                   aud => 'https://api.example.com',
                   iat => 'now', exp => 'now+300',
                   act => { sub => 'svc:support' } }, { @_ });
}

run_tests();

__DATA__

=== TEST 1: a token that would pass, and stays
--- issuers eval: readme('dry-run')
--- config
root html;
--- more_headers
Host: acme.example.com
--- payload eval: payload_with()
--- response_body_like: (?m)^Authorization: Bearer ey
--- vars
subject: alice
actor: svc:support


=== TEST 2: one that would not, and stays too
--- more_headers
Host: acme.example.com
--- payload eval: payload_with(act => { sub => 'svc:backup' })
--- reason: actor_not_allowed
--- verdict: REJECTED_DRY_RUN
--- error_code: 200
--- response_body_like: (?m)^Authorization: Bearer ey


=== TEST 3: none
--- more_headers
Host: acme.example.com
--- no_token
--- reason: missing
--- verdict: REJECTED_DRY_RUN
--- error_code: 200


=== TEST 4: in earnest
--- issuers eval
readme('dry-run') =~ s/actor_token_(?:dry_run|log_level).*//gr
--- config
root html;
--- more_headers
Host: acme.example.com
--- payload eval: payload_with(act => { sub => 'svc:backup' })
--- reason: actor_not_allowed


=== TEST 5: the token is gone
--- more_headers
Host: acme.example.com
--- payload eval: payload_with()
--- response_body_like: (?m)^Authorization: $


=== TEST 6: or stays, with actor_token_forward
--- issuers eval
readme('dry-run') =~ s/actor_token_log_level.*//r
                  =~ s/actor_token_dry_run /actor_token_forward /r
--- config
root html;
--- more_headers
Host: acme.example.com
--- payload eval: payload_with()
--- response_body_like: (?m)^Authorization: Bearer ey
