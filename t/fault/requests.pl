# Requests for which the module has no memory: nothing is accepted that would
# not be, no identity is made up, no token gets through, and no worker dies.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib', 't/fault';
use Test::More;

use ActorToken::Mint;
use Faulty;

my $Upstream = <<'_EOC_';
        proxy_set_header X-Identity "$actor_token_subject,$actor_token_actor,$actor_token_tenant,$actor_token_issuer,$actor_token_depth";
        proxy_set_header X-More "$actor_token_chain $actor_token_scope $actor_token_expires $actor_token_audience $actor_token_id $actor_token_client $roles $actor_token_claim_email $actor_token_fingerprint";
        proxy_pass http://127.0.0.1:$PORT/upstream;
_EOC_

my $nginx = Faulty->new(<<"_EOC_");
    actor_token_claim_set \$roles realm_access roles;

    actor_token_issuer acme {
        issuer https://login.acme.example;
        jwks acme.jwks;
        tenant acme;
    }

    actor_token_issuer other {
        issuer "https://{tenant}.other.example.com/";
        jwks other.jwks;
        tenant_claim org tid;
        actor_claim azp;
        require_claim org;
    }

    # each request is for another tenant, whose keys are fetched for it

    actor_token_issuer fetched {
        issuer "https://{tenant}.fetched.example.com/";
        key_request "/keys/{tenant}";
        tenants any;
    }

    map \$host \$tenant { acme acme; }
    map \$host \$friends { default "a b c d e f g h i j"; }

    server {
        listen 127.0.0.1:\$PORT;
        actor_token "test \$host";
        actor_token_trust any;
        actor_token_audience https://\$host.example https://api.example.com;
        actor_token_tenant \$tenant;
        actor_token_federation \$tenant;
        actor_token_resource_metadata https://\$host/metadata;

        location /t {
$Upstream
        }

        location /header {
            actor_token test token=\$http_x_token;
$Upstream
        }

        location /cookie {
            actor_token test token=\$cookie_token;
$Upstream
        }

        location /actors {
            actor_token_actors issuer=acme agent-2 ~agent-[3-5];
$Upstream
        }

        location /scope {
            actor_token_scope read write admin;
$Upstream
        }

        location /require {
            actor_token_require \$roles error=401;
$Upstream
        }

        location /early {
            set \$early \$actor_token_subject;
            if (\$actor_token_reason = expired) { return 418; }
$Upstream
        }

        # which asks for the length of a value, and then for its bytes

        location /twice {
            set \$identity "\$actor_token_subject,\$actor_token_actor,\$actor_token_tenant,\$actor_token_issuer,\$actor_token_depth";
            set \$more "\$actor_token_id \$actor_token_chain \$actor_token_scope \$actor_token_expires \$roles";
            set \$outcome "\$actor_token_reason \$actor_token_fingerprint \$actor_token_audit";
            proxy_set_header X-Identity \$identity;
            proxy_set_header X-More "\$more \$outcome";
            proxy_pass http://127.0.0.1:\$PORT/upstream;
        }

        location /fetch {
            actor_token_trust fetched;
            actor_token_tenant \$http_x_tenant;
            proxy_set_header X-Identity "\$actor_token_subject,\$actor_token_actor";
            proxy_pass http://127.0.0.1:\$PORT/upstream;
        }

        location /keys/ {
            internal;
            actor_token off;
            proxy_pass http://127.0.0.1:\$PORT/published/;
        }

        location /published/ {
            actor_token off;
            access_log off;
            try_files /acme.jwks =404;
        }

        location /rich {
            actor_token_max_depth 8;
            actor_token_federation \$tenant \$friends;
$Upstream
        }

        location /page {
            actor_token_scope none;
            error_page 403 = /t;
$Upstream
        }

        location /dry {
            actor_token_dry_run on;
$Upstream
        }

        location /metrics {
            actor_token off;
            actor_token_metrics;
        }

        location /upstream {
            actor_token off;
            return 200 "identity=\$http_x_identity token=\$http_authorization\$http_x_token\$http_cookie more=\$http_x_more";
        }
    }
_EOC_

my $Identity = 'user-1,agent-1,acme,https://login.acme.example,1';
my $Templated = 'user-1,client-1,acme,https://acme.other.example.com/,1';

my %bearer = (other => {
    signer => 'other',
    claims => { iss => 'https://acme.other.example.com/', act => '(absent)',
                org => { tid => 'acme' }, azp => 'client-1' },
});

my $serial = 0;

# a token that is seen for the first time, or always the same

sub fresh {
    my (%o) = @_;

    $o{claims} = { %{ $o{claims} // {} }, jti => 'j' . $serial++,
                   email => 'a@example.com',
                   realm_access => { roles => ['a', 'b'] } };

    return token(%o);
}

my $same = fresh();

my $chain = { sub => 'agent-6' };
$chain = { sub => "agent-$_", act => $chain } for reverse 1 .. 5;

# whoever has no keys is told to come again

sub tenant {
    my $tenant = 't' . $serial++;

    return "X-Tenant: $tenant", bearer(fresh(claims => {
        iss => "https://$tenant.fetched.example.com/" }));
}

my @cases = (
    ['accepted',           '/t',       200, sub { bearer(fresh()) }],
    ['remembered',         '/t',       200, sub { bearer($same) }],
    ['templated',          '/t',       200,
     sub { bearer(fresh(%{ $bearer{other} })) }, $Templated],
    ['in a header',        '/header',  200, sub { 'X-Token: ' . fresh() }],
    ['in a cookie',        '/cookie',  200,
     sub { 'Cookie: a=b; token=' . fresh() . '; c=d' }],
    ['used early',         '/early',   200, sub { bearer(fresh()) }],
    ['set',                '/twice',   200, sub { bearer(fresh()) }],
    ['many of all',        '/rich',    200,
     sub { bearer(fresh(claims => {
         act => $chain, scope => join ' ', 'a' .. 'z' })) },
     'user-1,agent-1,acme,https://login.acme.example,6'],
    ['fetched',            '/fetch',   200, \&tenant, 'user-1,agent-1', 503],
    ['required',           '/require', 200, sub { bearer(fresh()) }],
    ['refused, then not',  '/page',    200, sub { bearer(fresh()) }],

    ['no token',           '/t',       401, sub { () }],
    ['malformed request',  '/t',       400, sub { bearer('a b') }],
    ['malformed',          '/t',       401, sub { bearer('a.b.c') }],
    ['bad signature',      '/t',       401,
     sub { bearer(fresh(signer => 'mallory', jose => { kid => 'acme' })) }],
    ['unknown issuer',     '/t',       401,
     sub { bearer(fresh(claims => { iss => 'https://x.example' })) }],
    ['expired',            '/t',       401,
     sub { bearer(fresh(claims => { exp => 'now-90', iat => 'now-99' })) }],
    ['another audience',   '/t',       401,
     sub { bearer(fresh(claims => { aud => ['x', 'y'] })) }],
    ['malformed act',      '/t',       401,
     sub { bearer(fresh(claims => { act => { sub => 'a', act => 1 } })) }],
    ['another actor',      '/actors',  403, sub { bearer(fresh()) }],
    ['a scope is missing', '/scope',   403, sub { bearer(fresh()) }],
    ['in a cookie twice',  '/cookie',  400,
     sub { "Cookie: token=$same; token=$same" }],
);

sub bearer {
    my ($token) = @_;

    return "Authorization: Bearer $token";
}

# what is wrong with an answer, when memory was short; some statuses will do
# as well

sub wrong {
    my ($status, $identity, $answer, @other) = @_;

    return "status $answer->{status}"
        unless grep { $answer->{status} == $_ } $status, @other;

    return '' if $answer->{status} != 200;

    my ($seen, $token, $more) =
        $answer->{body} =~ /^identity=(.*) token=(.*) more=(.*)$/
        or return "the body is \"$answer->{body}\"";

    # a variable that fails is empty, and never something else

    my @seen = split /,/, $seen, -1;
    my @right = split /,/, $identity;

    for my $i (0 .. $#right) {
        return "identity $seen"
            if ($seen[$i] // '') ne '' && $seen[$i] ne $right[$i];
    }

    return 'the token got through' if $token =~ /eyJ/;

    # nor is it memory that nobody has written to

    return $more =~ /[^ -~]/ ? 'bytes of nobody' : '';
}

$nginx->write('html/acme.jwks', jwks('acme'));
$nginx->start;

for my $case (@cases) {
    my ($name, $path, $status, $headers, $identity) = @$case;

    $identity //= $Identity;

    my $answer = $nginx->get($path, $headers->());

    is($answer->{status}, $status, "$name: with memory");
    is(wrong($status, $identity, $answer), '', "$name: as it should be");

    for my $libraries (0, 1) {
        for my $all (0, 1) {
            starve($case, $libraries, $all);
        }
    }
}

# jansson and OpenSSL do not always tell lack of memory from a token that is
# not good, and then neither can we; 0 is a connection that was closed

sub starve {
    my ($case, $libraries, $all) = @_;
    my ($name, $path, $status, $headers, $identity, @more) = @$case;

    my @other = (500, 0, $libraries ? 401 : (), @more);
    my @wrong;

    my $failed = $nginx->sweep(
        sub { $nginx->get($path, $headers->()) },
        all => $all, libraries => $libraries,
        each => sub {
            my ($answer, $n) = @_;
            my $wrong = wrong($status, $identity // $Identity, $answer,
                              @other);
            push @wrong, "$n: $wrong" if $wrong ne '';
        });

    $name .= ", libraries too" if $libraries;
    $name .= ", and all behind" if $all;

    cmp_ok($failed, '>', 0, "$name: $failed allocations fail");
    is("@wrong", '', "$name: and do no harm");
}

# neither is a dry run in anybody's way

my %seen;

$nginx->sweep(sub { $nginx->get('/dry', bearer(fresh())) }, libraries => 1,
              each => sub { $seen{$_[0]{status}}++ });

is(join(' ', grep { $_ != 200 && $_ != 500 } keys %seen), '', 'a dry run');

%seen = ();

for my $format (qw( text openmetrics json html )) {
    $nginx->sweep(sub { $nginx->get("/metrics?format=$format") },
                  libraries => 1, each => sub { $seen{$_[0]{status}}++ });
}

is(join(' ', grep { $_ != 200 && $_ != 500 } keys %seen), '', 'metrics');

is($nginx->get('/t', bearer($same))->{status}, 200, 'all is well again');

$nginx->stop;
$nginx->sound('requests');

my @logged = grep { /eyJ[\w-]{20}/ }
                  map { split /\n/, $nginx->read("logs/$_") }
                      qw( error.log access.log audit.log );
is("@logged", '', 'no token is in a log');

done_testing();
