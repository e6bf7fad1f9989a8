# proxy_cache_background_update: the fetch gets what the cache has, and the
# update that goes on behind it is not ended with it.

use lib 't/lib';
use v5.10.1;
use strict;
use warnings;

use Test::More;
use ActorToken::FetchProbe;

my $port = $ENV{TEST_NGINX_PORT} // 1984;
my $origin = origin();

my $config = <<"_EOC_";
proxy_cache_path cache keys_zone=keys:1m;
log_format keys '\$uri \$upstream_cache_status';
access_log logs/keys.log keys;
server {
    listen 127.0.0.1:$port;
    location = /keys {
        internal;
        log_subrequest on;
        proxy_cache keys;
        proxy_cache_valid 200 1s;
        proxy_cache_use_stale updating;
        proxy_cache_background_update on;
        proxy_pass http://127.0.0.1:$origin;
    }
    location = /keys/lingers {
        internal;
        log_subrequest on;
        lingering_close always;
        lingering_timeout 1s;
        proxy_cache keys;
        proxy_cache_valid 200 1s;
        proxy_cache_use_stale updating;
        proxy_cache_background_update on;
        proxy_pass http://127.0.0.1:$origin;
    }
    location = /drips { fetch_probe /keys?length=20&drip=30; }
    location = /lingers { fetch_probe /keys/lingers?length=20&drip=30; }
}
_EOC_

my $says = nginx_says($config);
plan(skip_all => 'nginx without a cache') if $says =~ /unknown directive/;

my $nginx = nginx($port, $config);
my $good = qq{status=200 max_age=-1 length=20 error="" body=} . 'x' x 20 . "\n";

sub fetched {
    my ($uri) = @_;
    return http_get($port, $uri) =~ s/\A.*?\r\n\r\n//sr;
}

sub cached {
    my ($uri) = @_;

    open my $fh, '<', scratch() . '/nginx/logs/keys.log' or return '';
    my @lines = grep { /^$uri / } <$fh>;
    return @lines ? $lines[-1] =~ s/.* //r =~ s/\n//r : '';
}

for my $uri ('/drips', '/lingers') {
    my $location = $uri eq '/drips' ? '/keys' : '/keys/lingers';

    is(fetched($uri), $good, "$uri - not there yet");
    is(cached($location), 'MISS', "$uri - which the log says");

    # until it is stale

    my $answer;

    await { $answer = fetched($uri); cached($location) ne 'HIT' };
    is($answer, $good, "$uri - stale");

    # "EXPIRED" is the request in the background, which ends last

    ok((await { cached($location) eq 'EXPIRED' }),
       "$uri - updated in the background");
    is(fetched($uri), $good, "$uri - and again");
    is(cached($location), 'HIT', "$uri - from the cache");
}


# an update that does not come does not keep the worker

await { fetched('/drips'); cached('/keys') ne 'HIT' };

$nginx->signal('QUIT');
ok($nginx->gone(10), 'it ends');
unlike($nginx->log, qr/\[(?:alert|crit|emerg)\]|open socket|Sanitizer
                       |runtime[ ]error/x, 'nothing worse in the log');

done_testing();
