# What is remembered of a token does not outlive it.

use lib 't/lib';
use Test::Nginx::ActorToken;

repeat_each(1);
no_shuffle();

our $end = time + 3;
our $token = token(claims => { iat => time - 60, exp => $end });

sub await_end {
    my $left = $::end - Time::HiRes::time;
    Time::HiRes::sleep($left) while ($left = $::end - Time::HiRes::time) > 0;
}

run_tests();

__DATA__

=== TEST 1: not yet
--- issuer
leeway 0s;
--- token eval: $::token
--- vars
cache_status: MISS


=== TEST 2: remembered
--- token eval: $::token
--- vars
cache_status: HIT


=== TEST 3: the time of "exp" has come (standards 72: a decision of this module)
--- token eval: $::token
--- init: ::await_end()
--- reason: expired
--- vars
cache_status: MISS
