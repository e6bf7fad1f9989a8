# Key files are read again at a reload: a removed key verifies nothing any
# more, and a bad file leaves the old configuration in place.

use lib 't/lib';
use Test::Nginx::ActorToken;

repeat_each(1);
use_hup();

run_tests();

__DATA__

=== TEST 1: the first key
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks set.json;
    tenant acme;
}
--- conf_files eval
['set.json' => jwks('one')]
--- signer: one


=== TEST 2: another
--- signer: two
--- reason: unknown_key


=== TEST 3: the file is replaced
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks set.json;
    tenant acme;
}
--- conf_files eval
['set.json' => jwks('two')]
--- signer: two


=== TEST 4: the first is gone
--- signer: one
--- reason: unknown_key


=== TEST 5: a bad file
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks set.json;
    tenant acme;
}
--- conf_files eval
['set.json' => 'broken']
--- reload_fails
--- signer: two
--- emerg: set.json


=== TEST 6: and a good one again
--- issuers
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks set.json;
    tenant acme;
}
--- conf_files eval
['set.json' => jwks('three')]
--- signer: three
