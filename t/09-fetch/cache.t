# proxy_cache in the location: what it keeps is read from disk, and what it
# does in the background is not cut short by the end of the fetch.

use lib 't/lib';
use Test::Nginx::ActorToken;
use ActorToken::FetchProbe;

use Compress::Zlib ();

our $origin = origin();
our $MiB = 1024 * 1024;

our $cache = <<'_EOC_';
proxy_cache_path cache keys_zone=keys:1m;
log_format upstream '$uri $upstream_cache_status $upstream_status';
_EOC_

sub location {
    my ($more) = @_;

    return <<"_EOC_";
access_log logs/access.log upstream;
location = /keys {
    internal;
    log_subrequest on;
    proxy_cache keys;
    proxy_cache_valid 200 1h;
    proxy_pass http://127.0.0.1:$origin;
    $more
}
_EOC_
}

sub good {
    my ($body) = @_;
    return 'status=200 max_age=-1 length=' . length($body)
           . qq{ error="" body=$body\n};
}

sub xs {
    my ($length) = @_;

    return sprintf qq{status=200 max_age=-1 length=%d error="" crc=%08x\n},
                   $length, Compress::Zlib::crc32('x' x $length);
}

repeat_each(1);
run_tests();

__DATA__

=== TEST 1: not there yet
--- http_config eval
$::cache
--- config eval
main::location('')
. qq{
location = /t { fetch_probe "/keys?length=$::MiB"; }
}
--- response_body eval
main::xs($::MiB)
--- access_log
/keys MISS 200


=== TEST 2: from disk
--- response_body eval
main::xs($::MiB)
--- access_log
/keys HIT -


=== TEST 3: not there yet, with threads
--- main_config
thread_pool default threads=2;
--- http_config eval
$::cache
--- config eval
"aio threads; aio_write on;\n" . main::location('')
. qq{
location = /t { fetch_probe "/keys?length=$::MiB"; }
}
--- response_body eval
main::xs($::MiB)
--- access_log
/keys MISS 200


=== TEST 4: from disk, by threads
--- response_body eval
main::xs($::MiB)
--- access_log
/keys HIT -


=== TEST 5: too large, though a cache would like to have it
--- http_config eval
$::cache
--- config eval
main::location('')
. qq{
location = /t { fetch_probe "/keys?length=5000000&chunked=1&drip=400"; }
}
--- timeout: 3
--- response_body_like
error="the answer is larger than 1 MiB"( crc=\w+)?$


=== TEST 6: one fetch at a time
--- http_config eval
$::cache
--- config eval
main::location('proxy_cache_lock on;')
. qq{
location = /t { fetch_probe "/keys?length=20&drip=20" count=5; }
}
--- response_body eval
main::good('x' x 20) x 5


=== TEST 7: the time is over while a fetch waits for another
--- http_config eval
$::cache
--- config eval
main::location('proxy_cache_lock on;')
. qq{
location = /t { fetch_probe "/keys?hang=1" count=3 limit=300ms; }
}
--- response_body eval
qq{status=0 max_age=-1 length=0 error="it took over 300 ms"\n} x 3
