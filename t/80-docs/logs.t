# The logs of the documentation: what is in them, and the commands that read them.

use strict;
use warnings;

use lib 't/lib', 't/80-docs';

use JSON::PP ();
use Test::More;

use ActorToken::Mint;
use Docs;

sub token_with {
    my (%over) = @_;

    return token(payload => shape({
        iss => 'https://id.acme.example', sub => 'alice',
        aud => 'https://api.example.com', jti => 'j1',
        iat => 'now', exp => 'now+300', act => { sub => 'svc:support' },
    }, \%over));
}

sub lines_of {
    my ($file) = @_;

    return split /(?<=\n)/, slurp($file);
}

# runs a command of the documentation over this log

sub output_of {
    my ($name, $log, $environment) = @_;

    my $command = shown($name) =~ s{/var/log/nginx/(?:audit|error)\.log}{$log}gr;

    local %ENV = (%ENV, LC_ALL => 'C', %{ $environment // {} });

    open my $shell, '-|', 'sh', '-ec', $command or die "sh: $!";
    my $output = join '', <$shell>;
    close $shell;

    is($?, 0, "\"$name\" runs");

    return $output;
}


# The audit log

my $good = token_with();
my $other = token_with(sub => 'bob', act => { sub => 'svc:billing' });
my $foreign = token_with(aud => 'https://www.example.com');
my $forged = token(signer => 'p256-forger', jose => { kid => 'acme' },
                   payload => shape({ iss => 'https://id.acme.example' }));

my ($dir, $send) = running('audit');
my $log = "$dir/logs/audit.log";

is($send->('/users/alice?x=1', $good), 200, 'accepted');
is($send->('/users/bob', $other), 200, 'accepted, another');
is($send->('/users/alice', $foreign), 401, 'another audience');
is($send->('/users/alice', $forged), 401, 'forged');
is($send->('/users/alice'), 401, 'no token');
is($send->('/', undef, '-H', 'Host: a/b'), 400, 'no request at all');

quit($dir);

my @lines = lines_of($log);
my @records = map { JSON::PP->new->utf8->decode($_) } @lines;

is(join(' ', map { $_->{reason} } @records),
   'ok ok audience_mismatch bad_signature missing',
   'a line for each decision, and for nothing else');

my @members = $lines[0] =~ /(?<=[{,])"(\w+)":/g;
my @documented = shown('audit-line') =~ /^  "(\w+)":/mg;

is("@members[0 .. $#documented - 1] $members[-1]", "@documented",
   'the members, in the order that the documentation shows');

is($records[0]{uri}, '/users/alice', 'the path, without arguments');
is($records[0]{fingerprint}, fingerprint($good), 'the fingerprint');
is($records[2]{sub}, 'alice', 'who tried, on a refusal');
ok(!exists $records[3]{sub}, 'but not what a forged token says');
unlike(join('', @lines), qr/\Q$good\E/, 'no token');

my $example = JSON::PP->new->decode(shown('audit-line'));

is_deeply([sort keys %$example], [sort keys %{ $records[0] }],
          'and no other members');

for my $member (sort keys %$example) {
    is(ref $example->{$member}, ref $records[0]{$member},
       "$member - its type");
}


# an access log of one's own

my ($access, $request) = running('access');

is($request->('/a', $good), 200, 'accepted');
is($request->('/b', $foreign), 401, 'refused');

quit($access);

my @api = lines_of("$access/logs/api.log");
my $fingerprint = fingerprint($good);

is(scalar @api, 2, 'both are in the access log');
like($api[0], qr{ "GET /a" 200 ok "alice" "svc:support" \Q$fingerprint\E$},
     'the identity of an accepted request');
like($api[1], qr{ "GET /b" 401 audience_mismatch "-" "-" [\w-]{22}$},
     'no identity where it was refused');


# a dry run

my ($dry, $try) = running('dry-run');

is($try->('/a', token_with()), 200, 'what would be accepted');
is($try->('/a', token_with(act => { sub => 'svc:backup' })), 200,
   'what would be refused') for 1, 2;
is($try->('/a'), 200, 'no token');

quit($dry);

unlike(slurp("$dry/logs/error.log"), qr/actor token rejected/,
       'the error log is left alone');


# at level debug

SKIP: {
    skip 'this nginx is not built --with-debug', 1 if !has_module('debug');

    my ($debug, $ask) = running('audit', "error_log logs/error.log debug;\n");

    is($ask->('/a', $foreign), 401, 'refused');
    quit($debug);

    my @steps = split /\n/, output_of('debug', "$debug/logs/error.log");

    cmp_ok(scalar @steps, '>', 8, 'steps of the check');
    like($steps[-2], qr/^actor token: audience .*: audience_mismatch$/,
         'up to the one that failed');
    is($steps[-1], 'actor token: verdict: audience_mismatch', 'the last one');
    unlike("@steps", qr/\Q$foreign\E/, 'and no token');
}


SKIP: {
    skip 'jq is not installed', 1 if system('command -v jq >/dev/null') != 0;

    is(output_of('refused', $log) =~ s/^\S+\t//mgr,
       "audience_mismatch\tacme\tacme\talice\tsvc:support\t/users/alice\n"
       . "bad_signature\tacme\t\t\t\t/users/alice\n"
       . "missing\t\t\t\t\t/users/alice\n", 'who was refused, and why');

    is(output_of('reasons', $log) =~ s/^ +//mgr,
       "2 ok\n1 missing\n1 bad_signature\n1 audience_mismatch\n",
       'how often');

    is(output_of('who', $log),
       "svc:support for alice of acme: GET /users/alice\n"
       . "svc:billing for bob of acme: GET /users/bob\n",
       'who acted for whom');

    is(output_of('token', $log, { TOKEN => $other }), $lines[1],
       'what was done with one token');

    is(output_of('dry-run-summary', "$dry/logs/audit.log") =~ s/^ +//mgr,
       "2 actor_not_allowed\tacme\talice\tsvc:backup\n1 missing\t\t\t\n",
       'what would be refused');
}

done_testing();
