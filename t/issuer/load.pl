# Keys rotate each second and nginx reloads each five, at full speed: no
# request meets anything but 200 or 401, a key that has been published for two
# seconds verifies, and one that was withdrawn four seconds ago does not.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;
use Time::HiRes qw( sleep time );

use ActorToken::Gateway;
use ActorToken::Mint;

my $duration = $ENV{LOAD_SECONDS} // 60;
my $dir = scratch();

# three keys are published: one that stays, and the last two

my (%published, %withdrawn, %tokens, @keys);

sub rotate {
    my ($n) = @_;

    my $name = "key-$n";

    # made before, because that takes time; three tokens, of which some are
    # remembered when their key goes

    $tokens{$name} //= [ map { token(signer => $name, claims => { jti => "jti-$_" }) }
                             1 .. 3 ];

    push @keys, $name;
    my $gone = @keys > 2 ? shift @keys : undef;

    publish('/keys', 'stays', @keys);

    my $now = time();
    $published{$name} = $now;
    $withdrawn{$gone} = $now if defined $gone;
}

rotate($_) for 0, 1;
token(signer => "key-$_") for 2 .. $duration + 5;

# connections wait in one queue, which a reload does not close

my $site = site(issuer => 'key_cache 1s; key_refetch 1s; key_timeout 10s;',
                server => 'keepalive_timeout 0;', show => '')
           =~ s/\$LISTEN;/listen 127.0.0.1:@{[ gateway_port() ]} backlog=4096;/r;

my $nginx = gateway(workers => 2, http => $site, connections => 4096,
                    level => 'crit');

ok(await { $nginx->get('/t', token(signer => 'stays'))->{reason} eq 'ok' },
   'ready');

my $before = asked('/keys');


# wrk: good tokens, withdrawn ones, and kids that nobody knows

my $stays = token(signer => 'stays', claims => { exp => 'now+3000' });
my $never = token(signer => 'never');
my ($head, $payload) = split /\./, $stays;

write_file("$dir/load.lua", <<"_EOC_");
local stays, never = "$stays", "$never"
local b64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
local rest = ".$payload." .. string.rep("A", 86)
local n, id = 0, 0
local threads = {}

function setup(thread)
    thread:set("id", #threads)
    table.insert(threads, thread)
end

function init(args)
    counts = ""
    seen = {}
    math.randomseed(os.time() + id * 7919)
end

-- a head with a kid of random letters

local function unknown()
    local kid = {}

    for i = 1, 28 do
        local k = math.random(1, 52)
        kid[i] = string.sub(b64, k, k)
    end

    return random_head(table.concat(kid)) .. rest
end

local function encode(s)
    local out = {}

    for i = 1, #s, 3 do
        local a, b, c = string.byte(s, i, i + 2)
        local v = a * 65536 + (b or 0) * 256 + (c or 0)
        local chars = {}

        for k = 3, 0, -1 do
            local x = math.floor(v / 64 ^ k) % 64
            chars[#chars + 1] = string.sub(b64, x + 1, x + 1)
        end

        out[#out + 1] = table.concat(chars, "", 1, c and 4 or (b and 3 or 2))
    end

    return table.concat(out)
end

function random_head(kid)
    return encode('{"alg":"ES256","typ":"at+jwt","kid":"' .. kid .. '"}')
end

function request()
    n = n + 1

    local k, token = n % 10

    if k < 6 then
        token = stays
    elseif k < 8 then
        token = never
    else
        token = unknown()
    end

    return wrk.format("GET", "/t", { ["Authorization"] = "Bearer " .. token })
end

function response(status)
    seen[status] = (seen[status] or 0) + 1

    local text = {}

    for s, count in pairs(seen) do
        text[#text + 1] = s .. "=" .. count
    end

    counts = table.concat(text, " ")
end

function done(summary, latency, requests)
    for _, thread in ipairs(threads) do
        io.write("seen: " .. thread:get("counts") .. "\\n")
    end

    local e = summary.errors

    io.write(string.format("errors: connect=%d read=%d write=%d timeout=%d\\n",
             e.connect, e.read, e.write, e.timeout))
end
_EOC_

open my $wrk, '-|', 'wrk', '-t1', '-c32', "-d${duration}s", '--timeout', '10s',
     '-s', "$dir/load.lua", "http://127.0.0.1:@{[ gateway_port() ]}/t"
    or die "wrk: $!";


# meanwhile: what each key must do and must not do at its age

my $start = time();
my ($rotations, $reloads, $probes) = (1, 0, 0);
my (@wrong, %status, %late);

while ((my $now = time()) < $start + $duration) {

    if ($now >= $start + $rotations) {
        rotate(++$rotations);
        next;
    }

    if ($now >= $start + 5 * ($reloads + 1)) {
        $reloads++;
        $nginx->signal('HUP');
        next;
    }

    for my $name (sort keys %published) {
        my $sent = time();
        my $gone = $withdrawn{$name};
        my $age = $sent - $published{$name};

        # long gone, and nothing new

        next if defined $gone && $sent - $gone > 12;

        my $token = $tokens{$name}[$probes++ % 3];
        my $answer = $nginx->get('/t', $token);
        my $came = time();

        $status{ $answer->{status} }++;
        $gone = $withdrawn{$name};

        push @wrong, sprintf '%s, published for %.2f s: %d %s', $name, $age,
                             $answer->{status}, $answer->{reason}
            if $age >= 2 && (!defined $gone || $came < $gone)
               && $answer->{status} != 200;

        push @wrong, sprintf '%s, withdrawn %.2f s ago: %d', $name,
                             $sent - $gone, $answer->{status}
            if defined $gone && $sent >= $gone + 4
               && $answer->{status} != 401;

        last if time() >= $start + $rotations;
    }

    sleep 0.005;
}

my $output = do { local $/; <$wrk> };
close $wrk;

my %seen;
$seen{$1} += $2
    while ($output =~ /^seen: (.*)$/m ? $1 : '') =~ /(\d+)=(\d+)/g;

is($? >> 8, 0, 'wrk has ended');
is_deeply([sort keys %seen], [200, 401], 'nothing but 200 and 401')
    or diag($output);
like($output, qr/^errors: connect=0 read=0 write=0 timeout=0$/m,
     'and no connection is lost');
cmp_ok($seen{200} // 0, '>', 100 * $duration, 'many requests: 200');
cmp_ok($seen{401} // 0, '>', 100 * $duration, 'many requests: 401');

is_deeply([sort keys %status], [200, 401], 'the probes as well');
cmp_ok($probes, '>', 10 * $duration, 'there were many probes');
is_deeply(\@wrong, [], 'keys verify when they must, and only then');

cmp_ok($rotations, '>=', $duration - 1, "$rotations rotations");
cmp_ok($reloads, '>=', int($duration / 5) - 1, "$reloads reloads");

my $fetches = asked('/keys') - $before;

# one for each second that a set is fresh, and one for an unknown kid

cmp_ok($fetches, '>', $duration / 2, 'keys have been fetched');
cmp_ok($fetches, '<=', 2 * $duration + 2 * $reloads + 4,
       "$fetches times, which is no more than twice a second");

is_deeply([$nginx->logged(qr/\[(?:alert|crit|emerg)\]/)], [],
          'nothing bad is logged');
ok($nginx->stop, 'and nginx quits');

diag(sprintf '%.0f requests a second, %d probes',
             (($seen{200} // 0) + ($seen{401} // 0)) / $duration, $probes);

done_testing();
