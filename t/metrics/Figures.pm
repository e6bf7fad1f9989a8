package Figures;

# Figures for the page that a gateway has only after days, as JSON text: an
# issuer whose keys have changed and cannot be fetched, one in a dry run, one
# that nobody uses.

use strict;
use warnings;

use JSON::PP ();

my $Now = 1795520129;


# decisions of an hour; something happens eleven minutes before its end

sub periods {
    my @periods;

    for my $i (reverse 0 .. 119) {
        my $start = int($Now / 30) * 30 - $i * 30;
        my $broken = $i < 22;

        push @periods, [$start,
            int(1500 + 500 * sin($i / 20) + $i * 7919 % 200) - 250 * $broken,
            6 + $i * 31 % 9 + $broken * (260 + $i * 17 % 60),
            20 + $i * 13 % 11];
    }

    return \@periods;
}


sub ago {
    return $Now - $_[0];
}


sub fetched {
    my ($ago, $ok, $failed) = @_;

    return { ok => 74, failed => $failed, last => ago($ago),
             last_ok => $ok ? JSON::PP::true : JSON::PP::false };
}


sub issuers {
    my %none = (passed => 0, delegated => 0, rejected => {},
                rejected_dry_run => {});

    return [
        { %none, name => '',
          rejected => { missing => 1204, malformed => 31,
                        untrusted_issuer => 12, malformed_request => 4 },
          rejected_dry_run => { missing => 88 },
          last_rejected => ago(4), last_reason => 'missing' },

        { %none, name => 'acme', passed => 4821733, delegated => 4790021,
          rejected => { expired => 921, insufficient_scope => 210,
                        actor_not_allowed => 14 },
          last_passed => ago(0), last_rejected => ago(41),
          last_reason => 'expired',
          keys => { count => 2, age => 1810, stale_in => 88190 },
          fetches => fetched(1810, 1, 0) },

        { %none, name => 'globex', passed => 1200411, delegated => 1200411,
          rejected => { unknown_key => 5830, expired => 77 },
          last_passed => ago(662), last_rejected => ago(1),
          last_reason => 'unknown_key',
          keys => { count => 1, age => 7300, stale_in => 82000 },
          fetches => fetched(95, 0, 6) },

        { %none, name => 'agents', passed => 310244, delegated => 310244,
          rejected => { lifetime_exceeded => 112, tenant_not_allowed => 3 },
          last_passed => ago(2), last_rejected => ago(3000),
          last_reason => 'lifetime_exceeded',
          keys => { count => 1, age => 259100 } },

        { %none, name => 'login', passed => 90211, delegated => 61022,
          rejected_dry_run => { actor_not_allowed => 2210,
                                actor_missing => 312 },
          last_passed => ago(1), last_rejected => ago(2),
          last_reason => 'actor_not_allowed',
          keys => { count => 3, age => 3000, stale_in => 87000 },
          fetches => fetched(3000, 1, 1) },

        { %none, name => 'umbrella', keys => { count => 1, age => 259100 } },
    ];
}


# members given replace those above

sub text {
    my (%over) = @_;

    return JSON::PP->new->canonical->utf8->encode({
        time => $Now + 0.25, since => ago(3 * 86400),
        period => 30, periods => periods(), issuers => issuers(),
        cache => { hits => 6010221, misses => 412378, evictions => 0,
                   entries => 9120, bytes => 6410240 },
        bounds => [5e-06, 1e-05, 2.5e-05, 5e-05, 0.0001, 0.00025, 0.0005,
                   0.001, 0.0025, 0.005, 0.01],
        verifications => [
            { algorithm => 'RS256', seconds => 5.31,
              buckets => [0, 0, 230100, 4200, 310, 4, 0, 0, 0, 0, 0, 0] },
            { algorithm => 'ES256', seconds => 12.1,
              buckets => [0, 0, 0, 0, 176000, 1604, 110, 2, 0, 0, 0, 0] },
        ],
        %over });
}


1;
