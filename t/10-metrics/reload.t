# Counts stay through reloads, whatever becomes of the issuers.

use strict;
use warnings;

use lib 't/lib', 't/10-metrics';

use Test::More;

use ActorToken::Mint;
use Metrics;

sub issuers {
    return join '', map { Metrics::issuer($_) } @_;
}

sub of {
    my ($name) = @_;

    return token(claims => { iss => "https://id.$name.example" });
}

my $gateway = Metrics->new(issuers => issuers(qw( a b )));
my $count = 0;

sub accept_of {
    my ($name, $times) = @_;

    for (1 .. $times) {
        is($gateway->get('/t', of($name)), 200, "accepted of $name");
        $count++;
    }
}

# what was accepted of each, and all that is shown

sub accepted {
    my $decisions = $gateway->decisions;

    return { map { /^(\S*) passed ok$/ ? ($1 => $decisions->{$_}) : () }
                 keys %$decisions };
}

accept_of('a', 3);
accept_of('b', 2);
$gateway->decisions($count);
is_deeply(accepted(), { a => 3, b => 2 }, 'before');

my $since = $gateway->json->{since};
my $verified = $gateway->series
                       ->{'verification_seconds_count{algorithm="ES256"}'};

$gateway->reload;
is_deeply(accepted(), { a => 3, b => 2 }, 'after');
is($gateway->json->{since}, $since, 'since the same time');
is($gateway->series->{'verification_seconds_count{algorithm="ES256"}'},
   $verified, 'verifications too');
is($gateway->json->{periods}[0][1]
   + ($gateway->json->{periods}[1] // [0, 0])->[1], 5, 'and their times');

accept_of('a', 1);
$gateway->decisions($count);
is_deeply(accepted(), { a => 4, b => 2 }, 'they go on');

$gateway->reload(issuers => issuers(qw( c b a )));
is_deeply(accepted(), { a => 4, b => 2 }, 'in another order, with one more');

accept_of('c', 1);
$gateway->decisions($count);

$gateway->reload(issuers => issuers(qw( c a )));
is_deeply(accepted(), { a => 4, c => 1 }, 'one is no longer there');

$gateway->reload(issuers => issuers(qw( a b c )));
is_deeply(accepted(), { a => 4, b => 2, c => 1 }, 'and comes back');


# a configuration that is refused changes nothing

{
    $gateway->configure(issuers => issuers(qw( x y z )) . "nonsense;\n");
    kill HUP => $gateway->master;

    ok(Metrics::await(sub {
        Docs::slurp("$gateway->{dir}/logs/error.log") =~ /nonsense/
    }), 'a reload that fails');

    is_deeply(accepted(), { a => 4, b => 2, c => 1 }, 'leaves all as it was');
    accept_of('b', 1);
    ok(Metrics::await(sub { accepted()->{b} == 3 }), 'and counting goes on');
}


# More issuers than there is room for at first; then others in their place.
# The first of all are out of use by then, and what was counted for them is
# not counted for who has their place.

sub crowd {
    my ($letter) = @_;

    return issuers(map { "$letter$_" } 1 .. 600);
}

$gateway->reload(issuers => issuers('a') . crowd('p'));
is_deeply(accepted(), { a => 4 }, 'more issuers than a zone holds');

accept_of('p1', 2);
accept_of('p600', 1);
Metrics::await(sub { keys %{ accepted() } == 3 });
is_deeply(accepted(), { a => 4, p1 => 2, p600 => 1 }, 'each is counted');

for my $letter (qw( q r s )) {
    $gateway->reload(issuers => issuers('a') . crowd($letter));
    is_deeply(accepted(), { a => 4 }, "others: nothing is theirs ($letter)");

    accept_of("${letter}1", 1);
    accept_of("${letter}600", 1);
    ok(Metrics::await(sub { keys %{ accepted() } == 3 }),
       "each is counted ($letter)");
}

sub zones {
    return scalar(() = Docs::slurp('/proc/' . $gateway->master . '/maps')
                       =~ m{/dev/zero}g);
}

my $zones = zones();

for (1 .. 3) {
    $gateway->reload(issuers => issuers('a') . crowd('p'));
    $gateway->reload(issuers => issuers('a') . crowd('q'));
}

cmp_ok($zones, '>', 2, 'zones of shared memory');
is(zones(), $zones, 'no more of them, however often the issuers change');
is(accepted()->{a}, 4, 'and who was there all the time has its counts');


# without the directive nothing is counted

$gateway->reload(issuers => issuers('a'), metrics => 'return 404;');
is($gateway->get('/t', of('a')), 200, 'accepted, and not counted');
$gateway->reload(metrics => 'actor_token_metrics;');
is_deeply(accepted(), {}, 'all begins anew');
accept_of('a', 1);
ok(Metrics::await(sub { (accepted()->{a} // 0) == 1 }), 'and counts');

done_testing();
