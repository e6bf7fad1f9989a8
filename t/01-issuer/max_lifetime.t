# The longest lifetime of a token.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: a day is the default
--- claims
{"iat": "now", "exp": "now+86400"}


=== TEST 2: a second more (standards 36: a decision of this module)
--- claims
{"iat": "now-1", "exp": "now+86400"}
--- reason: lifetime_exceeded


=== TEST 3: without iat, from nbf
--- claims
{"iat": "(absent)", "nbf": "now", "exp": "now+86400"}


=== TEST 4: a second more
--- claims
{"iat": "(absent)", "nbf": "now-1", "exp": "now+86400"}
--- reason: lifetime_exceeded


=== TEST 5: iat is what counts where both are
--- claims
{"iat": "now-10", "nbf": "now", "exp": "now+86395"}
--- reason: lifetime_exceeded


=== TEST 6: neither
--- claims
{"iat": "(absent)", "exp": "now+60"}
--- reason: claim_missing


=== TEST 7: a shorter limit
--- issuer
max_lifetime 5m;
--- claims
{"iat": "now", "exp": "now+300"}


=== TEST 8: a second more
--- claims
{"iat": "now-1", "exp": "now+300"}
--- reason: lifetime_exceeded
--- logged
300
301


=== TEST 9: leeway is not added
--- claims
{"iat": "now", "exp": "now+310"}
--- reason: lifetime_exceeded


=== TEST 10: off
--- issuer
max_lifetime off;
--- claims
{"iat": "now", "exp": "now+864000"}


=== TEST 11: then neither iat nor nbf is needed
--- claims
{"iat": "(absent)", "exp": "now+60"}


=== TEST 12: no time at all
--- issuer
max_lifetime soon; #<
--- must_die
max_lifetime

