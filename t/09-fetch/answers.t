# A fetch through locations that answer by themselves.

use lib 't/lib';
use Test::Nginx::ActorToken;
use ActorToken::FetchProbe;

run_tests();

__DATA__

=== TEST 1: return
--- config
location = /keys {
    internal;
    return 200 '{"keys":[]}';
}
location = /t {
    fetch_probe /keys;
}
--- response_body
status=200 max_age=-1 length=11 error="" body={"keys":[]}
