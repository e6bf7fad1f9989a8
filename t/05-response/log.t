# The line in the error log: what an administrator needs, and no token.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: reason, block, what was expected and what came, kid, fingerprint (standards 66: Transaction Tokens)
--- token eval
$::Token = token(claims => {aud => 'https://other.example'})
--- reason: audience_mismatch
--- logged eval
join "\n", 'actor token rejected: audience_mismatch', 'issuer: "acme"',
           'https://api.example.com', 'https://other.example', 'kid: "acme"',
           'fingerprint: ' . fingerprint($::Token), 'client: 127.0.0.1'


=== TEST 2: what came is escaped
--- claims eval
{aud => qq(a"b\\c\nd\x{1b}[31m\x{7f})}
--- reason: audience_mismatch
--- no_error_log eval
[qr{[\x00-\x09\x0b-\x1f\x7f]}, qr{^d}]


=== TEST 3: so is the kid
--- jose eval
{kid => qq(x"y\nactor token rejected: ok)}
--- reason: unknown_key
--- log_lines: 1


=== TEST 4: what came is bounded
--- claims eval
{aud => 'a' x 4000}
--- reason: audience_mismatch
--- no_error_log eval
['a' x 600]


=== TEST 5: so is the kid
--- jose eval
{kid => 'k' x 4000}
--- reason: unknown_key
--- no_error_log eval
['k' x 600]


=== TEST 6: and the algorithm
--- jose eval
{alg => 'X' x 4000}
--- reason: algorithm_not_allowed
--- no_error_log eval
['X' x 600]


=== TEST 7: and a list
--- claims eval
{aud => [map { "https://$_.example/" . 'z' x 100 } 1 .. 40]}
--- reason: audience_mismatch
--- log_lines: 1


=== TEST 8: an acceptance writes none
--- log_lines: 0
