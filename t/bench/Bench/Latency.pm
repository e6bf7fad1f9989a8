package Bench::Latency;

# How long others wait while one worker verifies dear signatures: a connection
# that asks for /bare now and then, beside four that send such tokens as fast as
# they are answered.  For root, the worker and who asks go before other
# processes, which would be seen more than the signatures.

use v5.10.1;
use strict;
use warnings;

use Time::HiRes qw( sleep time );

use Bench::Load;
use Bench::Report;
use Bench::Server;
use Bench::Tokens;

# seconds between two questions

use constant INTERVAL => 0.01;

use constant PRIORITY => -10;


# the text of a table: microseconds

sub run {
    my ($cases, %o) = @_;

    my %how = ('in the worker' => 'heavy');

    $how{'in threads'} = 'threads'
        if Bench::Server::knows('actor_token_threads default');

    my $server = Bench::Server->new('heavy',
        $cases->has_cache ? (cache => 'off') : (),
        main => $> == 0 ? 'worker_priority ' . PRIORITY . ';' : '',
        locations => join '', map { location($_) } values %how);

    $server->start;

    my @rows = row('nothing', '', ask($server, $o{seconds}));

    for my $alg (Bench::Tokens::heavy()) {
        for my $how (sort keys %how) {
            my $case = { %{ $cases->case('miss', $alg) },
                         name => "heavy, $how{$how}", path => "/$how{$how}",
                         server => $server };

            $case->{requests} = [map {
                Bench::Client::request($case->{path}, $_)
            } @{ $case->{tokens} }];

            $cases->prove($case);

            my $load = Bench::Load::start($case, connections => 4,
                                          seconds => $o{seconds} + 2);

            sleep 0.5;

            my $waits = ask($server, $o{seconds});
            my $heavy = Bench::Load::finish($load);

            push @rows, row($alg, $how, $waits,
                            $heavy->{requests} / $heavy->{us} * 1e6);
        }
    }

    $server->stop;

    return Bench::Report::table([' verified meanwhile', ' where',
                                 'median, us', '90 %', '99 %',
                                 'verified per second'], @rows);
}


sub location {
    my ($name) = @_;

    my $policy = Bench::Server::policy();
    my $threads = $name eq 'threads' ? 'actor_token_threads default;' : '';

    return "location = /$name { $policy $threads "
           . 'actor_token_actors iss=https://login.acme.example svc:support; '
           . "empty_gif; }\n";
}


# Microseconds that each answer took.  A question that is late because of the
# one before it has waited since it should have been asked.

sub ask {
    my ($server, $seconds) = @_;

    my $client = $server->client;
    my $question = Bench::Client::request('/bare');
    my $end = time + $seconds;
    my $next = time;
    my @waits;

    my $priority = getpriority 0, 0;
    setpriority 0, 0, PRIORITY if $> == 0;

    while ($next < $end) {
        my $now = time;

        if ($now < $next) {
            sleep $next - $now;
            $now = time;

        } else {
            $now = $next;
        }

        $client->send($question);

        push @waits, (time - $now) * 1e6;
        $next += INTERVAL * (0.5 + rand);
    }

    setpriority 0, 0, $priority if $> == 0;

    return [sort { $a <=> $b } @waits];
}


sub row {
    my ($alg, $how, $waits, $rate) = @_;

    return [$alg, $how,
            (map { sprintf '%.0f', $waits->[$_ * $#$waits] } 0.5, 0.9, 0.99),
            $rate ? sprintf '%.0f', $rate : ''];
}


1;
