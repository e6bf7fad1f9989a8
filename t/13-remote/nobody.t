# Nothing of the request that needs keys reaches the key server, and nothing of
# the fetch is in the log of the client's server.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;

use ActorToken::Gateway;
use ActorToken::Mint;

publish('/keys', 'one');

# the location inherits all that may be inherited; what it sends is the
# client's, if there is one

my $nginx = gateway(http => site(
    issuer => 'key_refetch 1s;',
    http => 'log_format mine "$uri";
             access_log logs/mine.log mine;',
    server => '
        proxy_set_header X-Real-IP $remote_addr;
        proxy_set_header X-Tenant $http_x_tenant;
        proxy_set_header X-Args $args;
        proxy_set_header X-Subject $actor_token_subject;
        proxy_set_header X-Reason $actor_token_reason;
        proxy_set_header X-Set $mine;
        proxy_pass_request_headers on;
        set $mine "$arg_secret";
        location = /public {
            actor_token off;
            add_header X-Worker $pid always;
            return 200 ok;
        }'));

ok(await { asked('/keys') == 1 }, 'fetched at start');

publish('/keys', 'two');

my $socket = $nginx->send('POST /t?secret=argument', token(signer => 'two'),
    'Cookie: session=cookie', 'X-Tenant: header', 'X-Forwarded-For: 192.0.2.9',
    'Content-Length: 4', 'Content-Type: text/secret');

syswrite $socket, 'body';

my $answer = $nginx->receive($socket);

is($answer->{reason}, 'ok', 'a request that has keys fetched');

my @requests = asked('/keys');
is(scalar @requests, 2, 'once more');

for my $n (0, 1) {
    my $request = $requests[$n]{request};

    unlike($request, qr/session|cookie|argument|192\.0\.2\.9|text\/secret|body/i,
           "$n: nothing of the client");
    unlike($request, qr/X-(?:Tenant|Args|Subject|Reason|Set):/,
           "$n: nor of its variables");
    like($request, qr{^GET /keys HTTP/1\.[01]\r\n}, "$n: a GET");
    like($request, qr{^Accept: application/jwk-set\+json, application/json\r$}m,
         "$n: it asks for a JWK Set");
    unlike($request, qr/authorization|user-agent|content-/i,
           "$n: with no other header");
}

my @uris;

# the log is written after the answer

ok(await { open my $log, '<', scratch() . '/logs/mine.log' or die $!;
           @uris = map { s/\n//r } <$log>;
           grep { $_ eq '/t' } @uris }, 'the request is in the log');
is_deeply([grep { /keys/ } @uris], [], 'the fetch is not in the log');

done_testing();
