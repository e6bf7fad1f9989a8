# A remembered token counts while its key, its block and the claims that are
# shown are what they were, and through reloads that change none of them.

use lib 't/lib';
use Test::Nginx::ActorToken;

repeat_each(1);
no_shuffle();
use_hup();

our $token = token(signer => 'one', claims => { email => 'a@b' });

sub block {
    my ($more, $name) = @_;

    return 'actor_token_issuer ' . ($name // 'acme') . ' {
        issuer https://login.acme.example;
        jwks set.json;
        tenant acme;
        type at+jwt JWT;
        ' . ($more // '') . '
    }';
}

run_tests();

__DATA__

=== TEST 1: the first time
--- issuers eval: ::block()
--- conf_files eval
['set.json' => jwks('one')]
--- token eval: $::token
--- vars
cache_status: MISS


=== TEST 2: the second
--- token eval: $::token
--- vars
cache_status: HIT


=== TEST 3: after a reload that adds a key, renames the block and its leeway
--- issuers eval: ::block('leeway 10s;', 'other')
--- conf_files eval
['set.json' => jwks('two', 'one')]
--- token eval: $::token
--- vars
cache_status: HIT
issuer_name: other


=== TEST 4: after one that names another type: all is looked at again
--- issuers eval: ::block('subject_claim sub;') =~ s/ JWT//r
--- conf_files eval
['set.json' => jwks('two', 'one')]
--- token eval: $::token
--- vars
cache_status: MISS


=== TEST 5: after one that shows a claim
--- issuers eval: ::block('subject_claim sub;') =~ s/ JWT//r
--- conf_files eval
['set.json' => jwks('two', 'one')]
--- policy
add_header X-Email $actor_token_claim_email;
--- token eval: $::token
--- vars
cache_status: MISS
--- response_headers
X-Email: a@b


=== TEST 6: which is remembered too
--- token eval: $::token
--- vars
cache_status: HIT
--- response_headers
X-Email: a@b


=== TEST 7: after one that takes the key away (standards 71: a decision of this module)
--- issuers eval: ::block('subject_claim sub;') =~ s/ JWT//r
--- conf_files eval
['set.json' => jwks('two')]
--- policy
add_header X-Email $actor_token_claim_email;
--- token eval: $::token
--- reason: unknown_key
--- vars
cache_status: MISS


=== TEST 8: another key of the same name
--- issuers eval: ::block('subject_claim sub;') =~ s/ JWT//r
--- conf_files eval
['set.json' => jwks('two') =~ s/"kid":"two"/"kid":"one"/r]
--- policy
add_header X-Email $actor_token_claim_email;
--- token eval: $::token
--- reason: bad_signature
--- vars
cache_status: MISS


=== TEST 9: the key is back
--- issuers eval: ::block('subject_claim sub;') =~ s/ JWT//r
--- conf_files eval
['set.json' => jwks('one')]
--- policy
add_header X-Email $actor_token_claim_email;
--- token eval: $::token
--- vars
cache_status: HIT


=== TEST 10: the key is for another algorithm now
--- issuers eval: ::block('subject_claim sub; algorithms RS256 ES384;') =~ s/ JWT//r
--- conf_files eval
['set.json' => jwks('rsa', 'p384')]
--- policy
add_header X-Email $actor_token_claim_email;
--- token eval: $::token
--- reason: algorithm_not_allowed
--- vars
cache_status: MISS
