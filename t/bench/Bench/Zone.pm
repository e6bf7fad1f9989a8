package Bench::Zone;

# How many tokens a zone remembers: it is given more than it can hold, and then
# the oldest that it still knows is looked for.

use v5.10.1;
use strict;
use warnings;

use Bench::Client;
use Bench::Report;
use Bench::Server;
use Bench::Tokens;

use constant PER_MB => 4000;


# rows

sub run {
    my ($cases) = @_;

    return Bench::Report::not_measured('tokens in 16 MB',
                                       'no actor_token_cache')
        if !$cases->has_cache;

    my ($in_8, $in_16) = map { capacity($_) } 8, 16;

    return (Bench::Report::judge('tokens in 16 MB', [$in_16], digits => 0,
                                 limit => 10_000, least => 1),
            Bench::Report::judge('tokens in 8 MB', [$in_8], digits => 0,
                                 aim => 10_000, least => 1),
            Bench::Report::judge('bytes of a remembered token',
                                 [16 * 1048576 / $in_16], digits => 0));
}


sub capacity {
    my ($mb) = @_;

    my $server = Bench::Server->new("zone-$mb", cache => "${mb}m")->start;
    my $client = $server->client;
    my $last = $mb * PER_MB;

    for my $n (1 .. $last) {
        $client->get('/token', Bench::Tokens::good('HS256', $n))->{status}
            == 200 or die "zone of $mb MB: token $n is refused\n";
    }

    my $remembers = sub {
        my ($n) = @_;

        return $client->get('/check', Bench::Tokens::good('HS256', $n))->{head}
               =~ /^X-Cache: HIT\r$/m;
    };

    die "zone of $mb MB: the last token is not remembered\n"
        if !$remembers->($last);
    die "zone of $mb MB: $last tokens are not too many\n" if $remembers->(1);

    # the last that is forgotten, and the first that is not

    my ($no, $yes) = (1, $last);

    while ($yes - $no > 1) {
        my $middle = int(($no + $yes) / 2);

        if ($remembers->($middle)) {
            $yes = $middle;

        } else {
            $no = $middle;
        }
    }

    # it was the oldest that had to go: the half that is newer is all there

    my $step = int(($last - $yes) / 100) || 1;

    for (my $n = int(($yes + $last) / 2); $n <= $last; $n += $step) {
        die "zone of $mb MB: not the oldest tokens have gone\n"
            if !$remembers->($n);
    }

    $server->stop;

    return $last - $yes + 1;
}


1;
