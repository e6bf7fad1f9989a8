# What an answer says of how long it is fresh.

use lib 't/lib';
use Test::Nginx::ActorToken;
use ActorToken::FetchProbe;

our $origin = origin();

# pairs of Cache-Control fields and the seconds made of them

our @cases = (
    [] => -1,
    ['max-age=300'] => 300,
    ['Max-Age=300'] => 300,
    ['max-age="300"'] => 300,
    ['max-age=0'] => 0,
    ['public, max-age=300, must-revalidate'] => 300,
    ['public,max-age=300'] => 300,
    ["\tpublic ,\t max-age=300\t"] => 300,
    ['max-age=300, max-age=200'] => 200,
    ['max-age=200', 'max-age=300'] => 200,
    ['max-age=300', 'max-age=200'] => 200,
    ['no-store'] => 0,
    ['No-Cache'] => 0,
    ['max-age=300, no-store'] => 0,
    ['no-cache, max-age=300'] => 0,
    ['no-cache="Set-Cookie", max-age=300'] => 300,
    ['ext="no-store, max-age=1", max-age=300'] => 300,
    ['ext="\\", no-store", max-age=300'] => 300,
    ['ext="unclosed, max-age=300'] => -1,
    ['s-maxage=100'] => -1,
    ['x-max-age=100'] => -1,
    ['max-age'] => -1,
    ['max-age='] => -1,
    ['max-age=""'] => -1,
    ['max-age="'] => -1,
    ['max-age=-1'] => -1,
    ['max-age=1.5'] => -1,
    ['max-age=ten'] => -1,
    ['max-age=99999999999999999999999'] => -1,
    [''] => -1,
    [',,,'] => -1,
    [',max-age=300,'] => 300,
);

our (@queries, @answers);

while (my ($fields, $seconds) = splice @cases, 0, 2) {
    push @queries, join '&', map {
        'header=Cache-Control:' . s/([^A-Za-z0-9-])/sprintf '%%%02X', ord $1/ger
    } @$fields;
    push @answers, qq{status=200 max_age=$seconds length=11 error="" }
                   . qq{body={"keys":[]}\n};
}

run_tests();

__DATA__

=== TEST 1: fields of an upstream
--- config eval
qq{
location = /keys {
    internal;
    proxy_pass http://127.0.0.1:$::origin;
}
} . join '', map {
    qq{location = /$_ { fetch_probe "/keys?$::queries[$_]"; }\n}
} 0 .. $#::queries
--- request eval
[map { "GET /$_" } 0 .. $#::queries]
--- error_code eval
[(200) x @::queries]
--- response_body eval
[@::answers]


=== TEST 2: one that is hidden
--- config eval
qq{
location = /keys {
    internal;
    proxy_pass http://127.0.0.1:$::origin;
    proxy_hide_header Cache-Control;
}
location = /t { fetch_probe "/keys?header=Cache-Control:max-age%3D300"; }
}
--- response_body
status=200 max_age=-1 length=11 error="" body={"keys":[]}
