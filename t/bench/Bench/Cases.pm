package Bench::Cases;

# What is measured: which requests go to which server, what they must be
# answered, and with what they are compared.

use v5.10.1;
use strict;
use warnings;

use Bench::Client;
use Bench::Server;
use Bench::Tokens;

# zones to try for one that is soon full, the smallest first

my @Sizes = qw( 32k 64k 128k 256k );

# Tokens: "one" and the same each time, "all" of them in turn, or another kind.
# Servers: one that remembers tokens, one that does not, and one whose zone has
# no room for more, so that remembering a token evicts another.  "per" are the
# cases that differ between algorithms.

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

    { name => 'actors, hit', server => 'remembers', tokens => 'one',
      path => '/actors', cache => 'HIT', base => 'hit' },
    { name => 'actors, miss', server => 'forgets', tokens => 'all',
      path => '/actors', base => 'miss' },

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


# new(tokens => how many there are of each algorithm)

sub new {
    my ($class, %o) = @_;

    my $self = bless { count => $o{tokens}, tokens => {} }, $class;

    $self->{cache} = Bench::Server::knows('actor_token_cache off')
                     && Bench::Server::knows('$actor_token_cache_status');

    my ($small) = grep { Bench::Server::knows("actor_token_cache $_") } @Sizes;

    $self->{servers} = $self->{cache} ? {
        remembers => Bench::Server->new('remembers', cache => '8m'),
        forgets   => Bench::Server->new('forgets', cache => 'off'),
        crowded   => Bench::Server->new('crowded', cache => $small),
    } : {
        forgets   => Bench::Server->new('forgets'),
    };

    return $self;
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

    my $case = $Is{$name};

    return $self->{servers}{ $case->{server} } if $self->{cache};
    return if $case->{cache};
    return $self->{servers}{forgets};
}


# what cannot be measured, in words

sub skipped {
    my ($self) = @_;

    my @names = grep { !$self->server($_) } $self->names;

    return @names ? "not measured, the module has no actor_token_cache: "
                    . join('; ', @names) . "\n"
                  : '';
}


# The cases of this server, one after the other; those that are alike for all
# algorithms are measured with the first.

sub on {
    my ($self, $server, @algorithms) = @_;

    my @cases;

    for my $case (@Cases) {
        my $its = $self->server($case->{name});

        next if !$its || $its != $server;

        push @cases, map { $self->case($case->{name}, $_) }
                         $case->{per} ? @algorithms : $algorithms[0];
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

    my $n = ($case->{sent} // 0) % @{ $case->{tokens} };
    my $check = $client->get('/check', $case->{tokens}[$n]);
    my ($cache) = $check->{head} =~ /^X-Cache: (.*)\r$/m;

    $cache //= '';

    die "$case->{alg}, $case->{name}: \$actor_token_cache_status is $cache\n"
        if $cache ne $case->{cache};

    $case->{sent}++;
}


1;
