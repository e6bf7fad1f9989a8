# docs/rollout.md: the configurations, and each command over what they log.

use strict;
use warnings;

use lib 't/lib', 't/80-docs', 't/10-metrics';

use JSON::PP ();
use Test::More;

use ActorToken::Mint;
use Docs;
use Metrics;

sub token_with {
    return token(payload => shape({
        iss => 'https://id.acme.example', sub => 'alice',
        aud => 'https://api.example.com',
        iat => 'now', exp => 'now+300', act => { sub => 'svc:support' },
    }, { @_ }));
}

my $dir;

# what a command prints, without the blanks of "uniq -c"

sub output_of {
    my ($name) = @_;

    my $command = shown($name) =~ s{/var/log/nginx/}{$dir/logs/}gr;

    local %ENV = (%ENV, LC_ALL => 'C');

    open my $shell, '-|', 'sh', '-ec', $command or die "sh: $!";
    my $output = join '', <$shell>;
    close $shell;

    is($?, 0, "\"$name\" runs");

    return $output =~ s/^ +//mgr;
}


# watching

($dir, my $send) = running('rollout');

my @host = ('-H', 'Host: acme.example.com');
my %sent = (
    good    => token_with(),
    other   => token_with(aud => 'https://www.example.com'),
    backup  => token_with(sub => 'bob', act => { sub => 'svc:backup' }),
);

is($send->('/users/alice', $sent{good}, @host), 200, 'accepted') for 1 .. 3;
is($send->('/users/alice', $sent{other}, @host), 200,
   'another audience, let through') for 1, 2;
is($send->('/jobs/1', $sent{backup}, @host), 200, 'another actor, let through');
is($send->('/jobs/2?x=1', undef, @host), 200, 'no token, let through')
    for 1 .. 4;
is($send->('/users/alice', $sent{good}, '-H', 'Host: nobody.example.com'), 200,
   'another host, let through');

my $metrics = bless { dir => $dir }, 'Metrics';

rename "$dir/metrics.sock", "$dir/server.sock" or die $!;

is_deeply($metrics->decisions(11), {
    'acme passed ok' => 3,
    'acme rejected_dry_run audience_mismatch' => 2,
    'acme rejected_dry_run actor_not_allowed' => 1,
    'acme rejected_dry_run tenant_unresolved' => 1,
    ' rejected_dry_run missing' => 4,
}, 'the metrics tell the same');

quit($dir);

my $refused = slurp("$dir/logs/refused.log");

is(scalar(() = $refused =~ /rejected \(dry run\)/g), 4,
   'a line for each token that would be refused, and none for no token');

is(output_of('rollout-status'), "3 PASSED\n8 REJECTED_DRY_RUN\n",
   'how many would pass');

is(output_of('rollout-reasons'),
   "4 missing\t\tacme.example.com\n"
   . "2 audience_mismatch\tacme\tacme.example.com\n"
   . "1 tenant_unresolved\tacme\tnobody.example.com\n"
   . "1 actor_not_allowed\tacme\tacme.example.com\n", 'for which reasons not');

is(output_of('rollout-missing'), "4 unix:\tGET\t/jobs/2\n", 'who has no token');

is(output_of('rollout-actors'),
   "3 acme\thttps://id.acme.example\tsvc:support\tok\n"
   . "2 acme\thttps://id.acme.example\tsvc:support\taudience_mismatch\n"
   . "1 acme\thttps://id.acme.example\tsvc:support\ttenant_unresolved\n"
   . "1 acme\thttps://id.acme.example\tsvc:backup\tactor_not_allowed\n",
   'who acts');

is(output_of('rollout-expected'),
   '2 audience_mismatch, issuer: "acme", "aud", '
   . 'expected: "https://api.example.com", got: "https://www.example.com"'
   . "\n", 'what was expected');

my $details = JSON::PP->new->utf8->decode(output_of('rollout-details'));

is($details->{sub}, 'bob', 'all that is known of one');
is($details->{chain}[0]{sub}, 'svc:backup', 'its actor');

is(output_of('rollout-parts'),
   "5 jobs\tREJECTED_DRY_RUN\n3 users\tPASSED\n3 users\tREJECTED_DRY_RUN\n",
   'how much of each part');


# what a reason asks for: each is in one table, and once

my $page = docs_text('docs/rollout.md');
my %reasons = map { /^\s*X\([A-Z_]+, "([a-z_]+)",/ ? ($1 => 1) : () }
                  split /\n/, slurp(docs_dir() . '/src/ngx_actor_token.h');

delete $reasons{ok};

my @rows = $page =~ /^\| `([a-z_]+)` \|/mg;

is(join(' ', sort @rows, 'internal_error'), join(' ', sort keys %reasons),
   'each reason is told what to do about, once');
like($page, qr/^`internal_error` asks/m, 'one of them in a sentence');


# a part of it refuses

($dir, $send) = running('rollout-part', "log_format audit escape=none "
    . "'\$actor_token_audit';\naccess_log logs/audit.log audit;\n");

is($send->('/users/alice', $sent{good}, @host), 200, 'accepted');
like(slurp("$dir/body"), qr/^Authorization: Bearer ey/m,
     'with the token, for an application that reads it');
is($send->('/users/alice', $sent{other}, @host), 401, 'refused');
is($send->('/users/alice', undef, @host), 401, 'no token, refused');
is($send->('/jobs/1', $sent{backup}, @host), 200, 'other parts only watch');

quit($dir);

my @lines = split /\n/, output_of('rollout-refused');

is(scalar @lines, 2, 'refusals since');
like($lines[0], qr{^\S+\taudience_mismatch\tacme\talice\tsvc:support\t/users/alice$},
     'who, and why');
like($lines[1], qr{^\S+\tmissing\t\t\t\t/users/alice$}, 'or nobody');

done_testing();
