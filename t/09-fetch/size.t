# Up to 1 MiB is read, whatever the location says of buffers and files.

use lib 't/lib';
use Test::Nginx::ActorToken;
use ActorToken::FetchProbe;

use Compress::Zlib ();

our $origin = origin();
our $MiB = 1024 * 1024;

sub xs {
    my ($length) = @_;

    return sprintf qq{status=200 max_age=-1 length=%d error="" crc=%08x\n},
                   $length, Compress::Zlib::crc32('x' x $length);
}

# exactly as much, and a byte more

sub at_the_limit {
    my ($config, $query) = @_;

    $query = defined $query ? "&$query" : '';

    return qq{
        location = /keys {
            internal;
            proxy_pass http://127.0.0.1:$origin;
            $config
        }
        location = /1 { fetch_probe "/keys?length=$MiB$query"; }
        location = /2 { fetch_probe "/keys?length=@{[ $MiB + 1 ]}$query"; }
    };
}

add_block_preprocessor(sub {
    my ($block) = @_;

    return if defined $block->request;

    $block->set_value('request', ['GET /1', 'GET /2']);
    $block->set_value('error_code', [200, 200]);
    $block->set_value('response_body_like',
                      ['^' . quotemeta(xs($MiB)) . '$',
                       'error="the answer is larger than 1 MiB" *(crc=\w+)?$']);
});

run_tests();

__DATA__

=== TEST 1: the length is known
--- config eval
main::at_the_limit('')


=== TEST 2: in chunks
--- config eval
main::at_the_limit('', 'chunked=1')


=== TEST 3: until the end of the connection
--- config eval
main::at_the_limit('', 'eof=1')


=== TEST 4: small buffers
--- config eval
main::at_the_limit('proxy_buffer_size 1k; proxy_buffers 2 1k;
                    proxy_busy_buffers_size 1k; output_buffers 1 1k;
                    subrequest_output_buffer_size 1k;
                    proxy_temp_file_write_size 2k;', 'chunked=1')


=== TEST 5: no files
--- config eval
main::at_the_limit('proxy_max_temp_file_size 0;', 'chunked=1')


=== TEST 6: no buffers
--- config eval
main::at_the_limit('proxy_buffering off;', 'chunked=1')


=== TEST 7: no buffers, and a length
--- config eval
main::at_the_limit('proxy_buffering off;')


=== TEST 8: a limit of the rate
--- config eval
main::at_the_limit('limit_rate 1k; limit_rate_after 1k;')


=== TEST 9: a file
--- config
location /keys/ {
    internal;
    alias $TEST_NGINX_SERVER_ROOT/conf/;
}
location = /1 { fetch_probe /keys/exact; }
location = /2 { fetch_probe /keys/more; }
--- conf_files eval
['exact' => 'x' x $::MiB, 'more' => 'x' x ($::MiB + 1)]


=== TEST 10: a file, sent by the system
--- config
sendfile on;
tcp_nopush on;
location /keys/ {
    internal;
    alias $TEST_NGINX_SERVER_ROOT/conf/;
}
location = /1 { fetch_probe /keys/exact; }
location = /2 { fetch_probe /keys/more; }
--- conf_files eval
['exact' => 'x' x $::MiB, 'more' => 'x' x ($::MiB + 1)]


=== TEST 11: a file, read directly
--- config
directio 1k;
location /keys/ {
    internal;
    alias $TEST_NGINX_SERVER_ROOT/conf/;
}
location = /1 { fetch_probe /keys/exact; }
location = /2 { fetch_probe /keys/more; }
--- conf_files eval
['exact' => 'x' x $::MiB, 'more' => 'x' x ($::MiB + 1)]


=== TEST 12: a file, read in threads
--- main_config
thread_pool default threads=2;
--- config
aio threads;
sendfile on;
location /keys/ {
    internal;
    alias $TEST_NGINX_SERVER_ROOT/conf/;
}
location = /1 { fetch_probe /keys/exact; }
location = /2 { fetch_probe /keys/more; }
--- conf_files eval
['exact' => 'x' x $::MiB, 'more' => 'x' x ($::MiB + 1)]


=== TEST 13: a file in threads, and no time to read it
--- main_config
thread_pool default threads=2;
--- config
aio threads;
location /keys/ {
    internal;
    alias $TEST_NGINX_SERVER_ROOT/conf/;
}
location = /t {
    fetch_probe /keys/exact count=20 cancel=now;
}
location = /1 { fetch_probe /keys/exact count=3; }
--- conf_files eval
['exact' => 'x' x $::MiB]
--- request eval
["GET /t", "GET /1"]
--- error_code eval
[200, 200]
--- response_body eval
["started\n", main::xs($::MiB) x 3]


=== TEST 14: slowly
--- config eval
main::at_the_limit('', 'chunked=1&drip=5')


=== TEST 15: far too much
--- config eval
qq{
location = /keys {
    internal;
    proxy_pass http://127.0.0.1:$::origin;
}
location = /t { fetch_probe "/keys?length=30000000&chunked=1"; }
}
--- request
GET /t
--- response_body_like
^status=200 max_age=-1 length=\d{1,7} error="the answer is larger than 1 MiB"( crc=\w+)?$
