package Bench::Cases;

# What is measured: which requests go to which server, what they must be
# answered, and with what they are compared.

use v5.10.1;
use strict;
use warnings;

use Bench::Client;
use Bench::Issuers;
use Bench::Server;
use Bench::Tokens;

# zones to try for one that is soon full, the smallest first

my @Sizes = qw( 32k 64k 128k 256k );

# Tokens: "one" and the same each time, "all" of them in turn, or another kind.
# Servers: one that remembers tokens, one that does not, and one whose zone has
# no room for more, so that remembering a token evicts another; and the first two
# once more with 10,000 issuers.  "per" are the cases that differ between
# algorithms; of the others, those where little is much are measured with HS256.

my @Cases = (
    { name => 'bare', per => 1, server => 'remembers', path => '/bare',
      tokens => 'one' },
    { name => 'hit', per => 1, server => 'remembers', tokens => 'one',
      cache => 'HIT', base => 'bare' },
    { name => 'miss', per => 1, server => 'forgets', tokens => 'all',
      base => 'bare' },
    { name => 'miss, zone full', per => 1, server => 'crowded',
      tokens => 'all', cache => 'MISS', base => 'bare' },
    { name => 'bad signature', per => 1, server => 'forgets',
      tokens => 'bad', reason => 'bad_signature', base => 'bare' },

    { name => 'hit, 10,000 issuers', alg => 'HS256', server => 'many',
      tokens => 'one', cache => 'HIT', base => 'hit' },
    { name => 'miss, 10,000 issuers', alg => 'HS256', server => 'many-forget',
      tokens => 'all', base => 'miss' },
    { name => 'hit, 10,000 actors', alg => 'HS256', server => 'remembers',
      path => '/actors', tokens => 'one', cache => 'HIT', base => 'hit' },
    { name => 'miss, 10,000 actors', alg => 'HS256', server => 'forgets',
      path => '/actors', tokens => 'all', base => 'miss' },

    { name => '401 like no token', server => 'remembers',
      path => '/missing', tokens => 'none', status => 401 },
    { name => 'no token', server => 'remembers', tokens => 'none',
      reason => 'missing', base => '401 like no token' },
    { name => '401 like not a token', server => 'remembers',
      path => '/invalid', tokens => 'garbage', status => 401 },
    { name => 'not a token', server => 'remembers', tokens => 'garbage',
      reason => 'malformed', base => '401 like not a token' },
    { name => '401 like broken JSON', server => 'remembers',
      path => '/invalid', tokens => 'broken', status => 401 },
    { name => 'broken JSON', server => 'remembers', tokens => 'broken',
      reason => 'malformed', base => '401 like broken JSON' },
    { name => '401 like too large', server => 'remembers',
      path => '/invalid', tokens => 'oversize', status => 401 },
    { name => 'too large', server => 'remembers', tokens => 'oversize',
      reason => 'too_large', base => '401 like too large' },
);

my %Is = map { $_->{name} => $_ } @Cases;


# new(tokens => how many there are of each algorithm, issuers => 1)

sub new {
    my ($class, %o) = @_;

    my $self = bless { count => $o{tokens}, tokens => {} }, $class;

    $self->{cache} = Bench::Server::knows('actor_token_cache off')
                     && Bench::Server::knows('$actor_token_cache_status');

    my ($small) = grep { Bench::Server::knows("actor_token_cache $_") } @Sizes;
    my %servers = (remembers => '8m', forgets => 'off', crowded => $small);

    if ($o{issuers}) {
        $servers{many} = '8m';
        $servers{'many-forget'} = 'off';
    }

    if (!$self->{cache}) {
        delete @servers{qw( remembers crowded many )};
    }

    for my $name (sort keys %servers) {

        $self->{servers}{$name} = Bench::Server->new($name,
            $self->{cache} ? (cache => $servers{$name}) : (),
            $name =~ /^many/ ? (issuers => Bench::Issuers::blocks()) : ());
    }

    return $self;
}


sub has_cache {
    my ($self) = @_;

    return $self->{cache};
}


sub servers {
    my ($self) = @_;

    return map { $self->{servers}{$_} } sort keys %{ $self->{servers} };
}


sub names {
    return map { $_->{name} } @Cases;
}


sub base {
    my ($self, $name) = @_;

    return $Is{$name}{base};
}


# the server where a case is, if it can be measured with this module

sub server {
    my ($self, $name) = @_;

    my $case = $Is{$name} // die "no such case: $name\n";

    return if $case->{cache} && !$self->{cache};

    my $server = $self->{cache} || $case->{server} =~ /^many/
                 ? $case->{server} : 'forgets';

    return $self->{servers}{$server};
}


# what cannot be measured, in words

sub skipped {
    my ($self) = @_;

    return if $self->{cache};

    return "the module has no actor_token_cache: not measured are "
           . join('; ', grep { $Is{$_}{cache} } $self->names);
}


# The cases of this server, one after the other.

sub on {
    my ($self, $server, @algorithms) = @_;

    return grep { $_->{server} == $server } $self->all(@algorithms);
}


# What is to be compared stands together, since the machine may be another one
# a few seconds later.

sub all {
    my ($self, @algorithms) = @_;

    my @possible = grep { $self->server($_->{name}) } @Cases;
    my @cases;

    for my $alg (@algorithms) {
        push @cases, map { $self->case($_->{name}, $alg) }
                     grep { $_->{per} } @possible;
    }

    for my $case (grep { !$_->{per} } @possible) {
        my ($alg) = grep { $_ eq ($case->{alg} // '') } @algorithms;

        push @cases, $self->case($case->{name}, $alg // $algorithms[0]);
    }

    return @cases;
}


# { name, alg, server, base, requests, status }

sub case {
    my ($self, $name, $alg) = @_;

    my $is = $Is{$name};
    my @tokens = $self->tokens($is->{tokens}, $alg);
    my $path = $is->{path} // '/token';

    return {
        %$is,
        alg      => $alg,
        server   => $self->server($name),
        status   => $is->{status} // ($is->{reason} ? 401 : 200),
        tokens   => \@tokens,
        requests => [map { Bench::Client::request($path, $_) } @tokens],
    };
}


sub tokens {
    my ($self, $kind, $alg) = @_;

    my $made = $self->{tokens}{"$alg $kind"} //= do {
        my @n = (1 .. $self->{count});

        [ $kind eq 'one'      ? Bench::Tokens::good($alg, 0)
        : $kind eq 'all'      ? map { Bench::Tokens::good($alg, $_) } @n
        : $kind eq 'bad'      ? map { Bench::Tokens::bad($alg, $_) } @n
        : $kind eq 'garbage'  ? Bench::Tokens::garbage($alg)
        : $kind eq 'broken'   ? Bench::Tokens::broken($alg)
        : $kind eq 'oversize' ? Bench::Tokens::oversize($alg)
        : undef ];
    };

    return @$made;
}


# Dies unless this case is what it says.  A token that must be remembered is
# sent once before that.

sub prove {
    my ($self, $case) = @_;

    my $client = $case->{server}->client;
    my $name = "$case->{alg}, $case->{name}";
    my $token = $case->{tokens}[0];

    my $answer = $client->send($case->{requests}[0]);

    $case->{sent}++;

    die "$name: status $answer->{status}\n"
        if $answer->{status} != $case->{status};

    die "$name: no image\n"
        if $case->{status} == 200 && length $answer->{body} != 43;

    return if ($case->{path} // '') =~ m{^/(?!actors)};

    # the location is behind the module

    my $without = $client->get($case->{path} // '/token');

    die "$name: open to all\n" if $without->{status} != 401;

    my $check = $client->get('/check', $token);
    my ($reason) = $check->{head} =~ /^X-Reason: (.*)\r$/m;
    my $expected = $case->{reason} // 'ok';

    die "$name: reason $reason\n" if $reason ne $expected;

    $self->prove_cache($case, $client) if $case->{cache};

    # the answer that it is compared with is the same, byte by byte

    if ($case->{status} == 401 && $case->{base} ne 'bare') {
        my $base = $self->case($case->{base}, $case->{alg});
        my $like = $client->send($base->{requests}[0]);

        s/^Date: .*\r\n//m for $answer->{head}, $like->{head};

        die "$name: answers other bytes than its base\n"
            if $answer->{body} ne $like->{body}
               || join("\n", sort split /\n/, $answer->{head})
                  ne join("\n", sort split /\n/, $like->{head});
    }
}


# Whether the next token to be sent is remembered.  In a zone that is full, or
# still empty, it never is.

sub prove_cache {
    my ($self, $case, $client) = @_;

    my $n = $case->{sent}++ % @{ $case->{tokens} };
    my $check = $client->get('/check', $case->{tokens}[$n]);
    my ($cache) = $check->{head} =~ /^X-Cache: (.*)\r$/m;

    $cache //= '';

    die "$case->{alg}, $case->{name}: \$actor_token_cache_status is $cache\n"
        if $cache ne $case->{cache};
}


# Once all has been measured: of what was to be remembered, all is, and of what
# was not to be, hardly anything.

sub prove_after {
    my ($self, $case) = @_;

    return if !$case->{cache};

    my $client = $case->{server}->client;
    my @some = map { $case->{tokens}[$_ * @{ $case->{tokens} } / 20] } 0 .. 19;
    my $as_expected = grep {
        $client->get('/check', $_)->{head} =~ /^X-Cache: $case->{cache}\r$/m
    } @some;

    die "$case->{alg}, $case->{name}: $as_expected of 20 tokens are "
        . "$case->{cache}\n"
        if $as_expected < ($case->{cache} eq 'HIT' ? 20 : 18);
}


1;
