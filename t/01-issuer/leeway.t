# The clock skew that is forgiven.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: exp within the default of 30 s
--- claims
{"exp": "now-20", "iat": "now-60"}


=== TEST 2: exp beyond it (standards 36: RFC 7519, section 4.1.4)
--- claims
{"exp": "now-40", "iat": "now-60"}
--- reason: expired


=== TEST 3: nbf within it
--- claims
{"nbf": "now+20"}


=== TEST 4: nbf beyond it
--- claims
{"nbf": "now+60"}
--- reason: not_yet_valid


=== TEST 5: iat within it
--- claims
{"iat": "now+20"}


=== TEST 6: iat beyond it
--- claims
{"iat": "now+60"}
--- reason: not_yet_valid


=== TEST 7: none
--- issuer
leeway 0;
--- claims
{"exp": "now-2", "iat": "now-60"}
--- reason: expired


=== TEST 8: none, in time
--- claims
{"exp": "now+30"}


=== TEST 9: the most that can be given
--- issuer
leeway 5m;
--- claims
{"exp": "now-290", "iat": "now-600"}


=== TEST 10: more
--- issuer
leeway 301s; #<
--- must_die
leeway


=== TEST 11: no time
--- issuer
leeway off; #<
--- must_die
leeway
