# Which issuers a location trusts.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: the one that is named
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
actor_token_issuer beta {
    issuer https://login.beta.example;
    jwks beta.jwks;
    tenant acme;
}
actor_token_issuer gamma {
    issuer https://login.gamma.example;
    jwks gamma.jwks;
    tenant acme;
}
--- config
include policy.conf;
actor_token_trust acme;
root html;
location = /acme { try_files /index.html =404; }
location = /beta { actor_token_trust beta; try_files /index.html =404; }
location = /two { actor_token_trust acme beta; try_files /index.html =404; }
location = /any { actor_token_trust any; try_files /index.html =404; }
--- request
GET /acme


=== TEST 2: another
--- request
GET /acme
--- signer: beta
--- claims
{"iss": "https://login.beta.example"}
--- reason: untrusted_issuer
--- logged
https://login.beta.example


=== TEST 3: a location replaces what it inherits
--- request
GET /beta
--- signer: beta
--- claims
{"iss": "https://login.beta.example"}


=== TEST 4: and does not add to it
--- request
GET /beta
--- reason: untrusted_issuer


=== TEST 5: two
--- request
GET /two
--- signer: beta
--- claims
{"iss": "https://login.beta.example"}


=== TEST 6: the other of the two
--- request
GET /two


=== TEST 7: not a third
--- request
GET /two
--- signer: gamma
--- claims
{"iss": "https://login.gamma.example"}
--- reason: untrusted_issuer


=== TEST 8: any resets
--- request
GET /any
--- signer: gamma
--- claims
{"iss": "https://login.gamma.example"}


=== TEST 9: any is any block, not any issuer (standards 26: RFC 8725, section 3.8)
--- request
GET /any
--- claims
{"iss": "https://login.delta.example"}
--- reason: untrusted_issuer


=== TEST 10: an issuer that no location trusts is told alike
--- request
GET /two
--- claims
{"iss": "https://login.delta.example"}
--- reason: untrusted_issuer


=== TEST 11: the default
--- request
GET /t
--- config
include policy.conf;
root html;
location = /t { try_files /index.html =404; }
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
actor_token_issuer beta {
    issuer https://login.beta.example;
    jwks beta.jwks;
    tenant acme;
}
--- signer: beta
--- claims
{"iss": "https://login.beta.example"}
--- notice
actor_token_trust


=== TEST 12: the default with a single block is not noticed
--- no_notice
actor_token_trust
--- http_config
#


=== TEST 13: nor is "any", where it was written
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
    tenant acme;
}
actor_token_issuer beta {
    issuer https://login.beta.example;
    jwks beta.jwks;
    tenant acme;
}
--- config
include policy.conf;
actor_token_trust any;
location /t { root html; try_files /index.html =404; }
--- no_notice
actor_token_trust


=== TEST 14: an unknown name
--- policy
actor_token_trust acme nobody; #<
--- must_die
nobody


=== TEST 15: a name in other letters
--- policy
actor_token_trust ACME; #<
--- must_die
ACME


=== TEST 16: any among names
--- policy
actor_token_trust acme any; #<
--- must_die
any


=== TEST 17: an issuer's URL is no name
--- policy
actor_token_trust https://login.acme.example; #<
--- must_die
https://login.acme.example
