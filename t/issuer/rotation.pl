# A real authorization server: tokens of an exchange, keys over HTTPS that
# rotate, are withdrawn, and cannot be fetched.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use IO::Handle;
use IPC::Open2;
use JSON::PP ();
use MIME::Base64 qw( decode_base64url encode_base64 );
use Test::More;
use Time::HiRes qw( sleep time );

use ActorToken::Gateway;

my $port = gateway_port() + 3;
my $dir = scratch();
my $work = 'build/issuer';


# a certificate authority that nginx is to trust, and another

sub openssl {
    my (@args) = @_;

    system("openssl @args >$dir/openssl.log 2>&1") == 0
        or die "openssl @args: ", ActorToken::Gateway::read_file(
                                      "$dir/openssl.log");
}

for my $ca (qw( ca other-ca )) {
    openssl('req', '-x509', '-newkey ec -pkeyopt ec_paramgen_curve:P-256',
            "-nodes -keyout $dir/$ca.key -out $dir/$ca.crt -days 2",
            "-subj '/CN=$ca'");
}

openssl('req', '-newkey ec -pkeyopt ec_paramgen_curve:P-256',
        "-nodes -keyout $dir/server.key -out $dir/server.csr",
        "-subj '/CN=issuer.example'");

write_file("$dir/server.ext", "subjectAltName=DNS:issuer.example\n");
openssl("x509 -req -in $dir/server.csr -CA $dir/ca.crt -CAkey $dir/ca.key",
        "-CAcreateserial -days 2 -extfile $dir/server.ext",
        "-out $dir/server.crt");


# the authorization server, and what it is told

my ($from, $to);

my $pid = open2($from, $to, "exec node $work/server.mjs $port $dir"
                            . " 2>$dir/issuer.log");

END {
    if ($pid) {
        local $?;
        close $to;
        kill TERM => $pid;
        waitpid $pid, 0;
    }
}

sub answered {
    my $line = <$from> // die "the authorization server has ended:\n",
                              ActorToken::Gateway::read_file(
                                  "$dir/issuer.log");
    my $answer = JSON::PP::decode_json($line);

    die $answer->{error} if $answer->{error};
    return $answer;
}

sub order {
    print $to "@_\n";
    $to->flush;
    return answered();
}

my $issuer = answered()->{issuer};


# its token endpoint, over HTTPS: what it answers, and its status

sub request_token {
    my ($client, %form) = @_;

    my @form = map { ('--data-urlencode', "$_=$form{$_}") } sort keys %form;

    open my $curl, '-|', 'curl', '-q', '-sS', '--max-time', 10,
         '--cacert', "$dir/ca.crt",
         '--connect-to', "issuer.example:$port:127.0.0.1:$port",
         '--user', "$client:secret-of-the-client",
         '-w', '\n%{http_code}', @form, "$issuer/token"
        or die "curl: $!";

    local $/;
    my ($body, $status) = <$curl> =~ /\A(.*)\n(\d+)\z/s;

    return ($status, eval { JSON::PP::decode_json($body) } || {});
}

sub exchange {
    my ($client, $subject, %more) = @_;

    return request_token($client,
        grant_type => 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token => $subject,
        subject_token_type => 'urn:ietf:params:oauth:token-type:access_token',
        resource => 'https://api.example.com', %more);
}

sub exchanged {
    my ($client, $user) = @_;

    my ($status, $answer) = exchange($client, order('user', $user)->{token});

    die "no token: $status ", JSON::PP::encode_json($answer)
        if $status != 200;

    return $answer->{access_token};
}

sub part {
    my ($token, $n) = @_;

    return JSON::PP::decode_json(decode_base64url((split /\./, $token)[$n]));
}


# nginx in front of an application that shows what it gets

sub config {
    my (%o) = @_;

    my $ca = $o{ca} // 'ca';

    return <<"_EOC_";
    actor_token_issuer real {
        issuer $issuer;
        key_request /keys server=keys.internal;
        key_cache 1s;
        key_stale 3s;
        key_refetch 1s;
        tenant acme;
    }

    server {
        listen unix:$dir/keys.sock;
        server_name keys.internal;

        location = /keys {
            internal;
            proxy_pass https://127.0.0.1:$port/jwks;
            proxy_set_header Host issuer.example:$port;
            proxy_ssl_name issuer.example;
            proxy_ssl_server_name on;
            proxy_ssl_verify on;
            proxy_ssl_trusted_certificate $dir/$ca.crt;
        }
    }

    server {
        \$LISTEN;
        server_name api.example.com;
        $Show

        location / {
            actor_token api;
            actor_token_audience https://api.example.com;
            actor_token_tenant acme;
            actor_token_actors agent;

            proxy_set_header X-Subject \$actor_token_subject;
            proxy_set_header X-Actor \$actor_token_actor;
            proxy_set_header X-Chain \$actor_token_chain;
            proxy_pass http://unix:$dir/application.sock;
        }
    }

    server {
        listen unix:$dir/application.sock;
        return 200 "\$http_x_subject|\$http_x_actor|\$http_x_chain|\$http_authorization";
    }
_EOC_
}

my $nginx = gateway(workers => 2, http => config());
$nginx->{host} = 'api.example.com';

sub get {
    my ($token) = @_;

    return $nginx->get('/', $token);
}

sub await_reason {
    my ($reason, $token) = @_;

    return await(sub { get($token)->{reason} eq $reason }, 15);
}


# an exchange

my $alice = order('user', 'alice')->{token};
my ($status, $answer) = exchange('agent', $alice);

is($status, 200, 'an exchange');
is($answer->{issued_token_type},
   'urn:ietf:params:oauth:token-type:access_token', 'of tokens');

my $token = $answer->{access_token};

is(part($token, 0)->{typ}, 'at+jwt', 'an access token');
is_deeply(part($token, 1)->{act}, { sub => 'agent' }, 'with its actor');

$answer = get($token);

is($answer->{status}, 200, 'it is accepted');
is($answer->{body}, 'alice|agent|[{"sub":"agent"}]|',
   'subject and actor arrive upstream, and the token does not');

is(get($alice)->{reason}, 'actor_missing', 'not the one without an actor');
is(get(exchanged('helper', 'alice'))->{reason}, 'actor_not_allowed',
   'nor one of another actor');

($status, $answer) = exchange('agent', exchanged('helper', 'bob'));
is(get($answer->{access_token})->{body},
   'bob|agent|[{"sub":"agent"},{"sub":"helper"}]|',
   'an actor behind the actor');

my @parts = split /\./, $token;
is(get(join '.', @parts[0, 1], (split /\./, $alice)[2])->{reason},
   'bad_signature', 'nor another signature');

($status) = exchange('agent', "$parts[0].$parts[1].AAAA");
is($status, 400, 'who exchanges it looks at it, too');


# rotation

my $kid = order('rotate')->{kid};
my $next = exchanged('agent', 'alice');

is(part($next, 0)->{kid}, $kid, 'a new key signs');
is(get($next)->{reason}, 'ok', 'it is known without a reload');
is(get($token)->{reason}, 'ok', 'the old key is, still');

order('withdraw');

ok(await_reason('unknown_key', $token), 'the old key is withdrawn');
is(get($next)->{reason}, 'ok', 'and not the new one');
is($_->{reason}, 'unknown_key', 'in each worker')
    for $nginx->from_workers(sub { get($token) });


# down

order('down');

my $down = time();

is(get($next)->{reason}, 'ok', 'the server is down, and traffic goes on');
ok(await(sub { $nginx->logged(qr/could not be fetched/) }),
   'while keys cannot be fetched');
is(get($next)->{reason}, 'ok', 'they are in use');

my $last = 0;

ok(await(sub { my $answer = get($next);
               $last = time() - $down if $answer->{reason} eq 'ok';
               $answer->{reason} eq 'keys_unavailable' }, 15),
   'until they are too old');
cmp_ok($last, '>', 1.9, 'not before key_stale');
cmp_ok($last, '<', 6, 'nor long after');
is(get($next)->{status}, 503, 'that is 503');

like(($nginx->logged(qr/could not be fetched/))[0],
     qr/keys of issuer "real" could not be fetched: the location answered 502/,
     'and logged');

order('up');
ok(await_reason('ok', $next), 'up again');


# a certificate that nginx does not trust

$nginx->stop;

$nginx = gateway(http => config(ca => 'other-ca'));
$nginx->{host} = 'api.example.com';

is(get($next)->{reason}, 'keys_unavailable',
   'keys of a server that is not trusted');
ok($nginx->logged(qr/upstream SSL certificate verify error/),
   'because of its certificate');

done_testing();
