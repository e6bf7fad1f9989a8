# The longest token that is looked at.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: as long as is allowed
--- policy
actor_token_max_size 1k;
--- token eval
# padded to 1024 bytes with a claim that is long enough
my $short = length token(claims => {pad => ''});
my ($pad, $token) = (0, '');
while (length $token < 1024) { $token = token(claims => {pad => 'x' x $pad++}) }
die length $token if length $token > 1024;
$token


=== TEST 2: one byte more (standards 6: a decision of this module)
--- token eval
my ($pad, $token) = (400, '');
while (length $token < 1025) { $token = token(claims => {pad => 'x' x $pad++}) }
$token
--- reason: too_large


=== TEST 3: much more, and no token at all
--- token eval
'a' x 5000
--- reason: too_large


=== TEST 4: 8k is the default
--- http_config
large_client_header_buffers 4 32k;
--- token eval
token(claims => {pad => 'x' x 5000})


=== TEST 5: more than 8k
--- token eval
token(claims => {pad => 'x' x 6200})
--- reason: too_large


=== TEST 6: a location replaces the server's
--- http_config
large_client_header_buffers 4 32k;
--- config
include policy.conf;
actor_token_max_size 1k;
location /t {
    actor_token_max_size 16k;
    root html;
    try_files /index.html =404;
}
--- token eval
token(claims => {pad => 'x' x 6200})


=== TEST 7: no size
--- policy
actor_token_max_size large; #<
--- must_die
actor_token_max_size


=== TEST 8: 0 is no way to say "any size"
--- policy
actor_token_max_size 0; #<
--- must_die
"actor_token_max_size" directive must be greater than 0


=== TEST 9: 1 is a size
--- policy
actor_token_max_size 1;
--- reason: too_large
