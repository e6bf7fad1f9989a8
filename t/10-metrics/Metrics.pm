package Metrics;

# A gateway with actor_token_metrics, on a socket in a folder of its own:
#
#     my $gateway = Metrics->new(issuers => ..., server => ..., port => ...);
#     $gateway->get('/t', token(...))     the status of the answer
#     $gateway->series                    what is shown, as name => value
#
# @DIR@ in these is the folder.  Locations /t, /dry (the same, as a dry run)
# and /metrics are there always.

use v5.10.1;
use strict;
use warnings;

use Digest::SHA ();
use IO::Socket::INET;
use IO::Socket::UNIX;
use JSON::PP ();
use Time::HiRes ();

use lib 't/80-docs';

use Docs;

my $Patience = 20;
our @Gateways;


sub issuer {
    my ($name, $more) = @_;

    $more //= "jwks keys/acme.jwks;";

    return "actor_token_issuer $name {\nissuer https://id.$name.example;\n"
           . "tenant acme;\n$more\n}\n";
}


# a port that nobody has at this moment

sub free_port {
    my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')
        or die "no free port: $!";

    return $socket->sockport;
}


# the configuration; "generation" tells which one answers

sub configuration {
    my ($self) = @_;

    my $issuers = $self->{issuers} // issuer('acme');
    my $workers = $self->{workers} // 1;
    my $main = $self->{main} // '';
    my $server = $self->{server} // '';
    my $http = $self->{http} // '';
    my $metrics = $self->{metrics} // 'actor_token_metrics;';
    my $port = $self->{port} ? "listen 127.0.0.1:$self->{port};" : '';

    return <<"_EOC_";
worker_processes $workers;
$main
pid nginx.pid;
events { }
http {
@{[ map { "${_}_temp_path temp/$_;\n" }
        qw( client_body proxy fastcgi uwsgi scgi ) ]}
log_format decisions '\$pid \$uri \$actor_token_status '
                     '\$actor_token_issuer_name \$actor_token_reason';
access_log logs/decisions.log decisions if=\$actor_token_status;
default_type text/plain;
$http
$issuers
server {
    listen unix:$self->{dir}/server.sock;
    $port
    root html;
    actor_token_audience https://api.example.com;
    actor_token_tenant acme;

    location /t {
        actor_token test;
        log_subrequest on;
        try_files /index.txt =404;
    }

    location /dry {
        actor_token test;
        actor_token_dry_run on;
        try_files /index.txt =404;
    }

    location = /metrics {
        $metrics
    }

    location = /generation {
        return 200 $self->{generation};
    }

    $server
}
}
_EOC_
}


sub new {
    my ($class, %o) = @_;

    my $self = bless { %o, generation => 1 }, $class;

    # the folder is made with what else a gateway needs

    $self->{dir} = nginx_folder('http', '');
    mkdir "$self->{dir}/html";
    spew("$self->{dir}/html/index.txt", "content\n");
    $self->configure;
    $self->start;

    push @Gateways, $self;

    return $self;
}


# writes the configuration, with the key files that it names

sub configure {
    my ($self, %o) = @_;

    @$self{keys %o} = values %o;

    my $dir = $self->{dir};
    my $text = $self->configuration =~ s/\@DIR\@/$dir/gr;

    $text = 'load_module modules/ngx_http_actor_token_module.so;' . "\n$text"
        if !$ENV{ACTOR_TOKEN_STATIC};

    for my $name ($text =~ m{\b(?:jwks|key)\s+keys/([\w.-]+)}g) {
        next if -e "$dir/keys/$name";
        spew("$dir/keys/$name", (ActorToken::Mint::file_for($name))[0]);
        chmod $name =~ /secret/ ? 0600 : 0644, "$dir/keys/$name";
    }

    spew("$dir/nginx.conf", $text);
}


sub master {
    my ($self) = @_;

    chomp(my $pid = slurp("$self->{dir}/nginx.pid"));
    return $pid;
}


sub workers_of {
    my ($self) = @_;

    my $pid = $self->master;
    return split ' ', slurp("/proc/$pid/task/$pid/children") // '';
}


# Reloads with another configuration; only this one answers then.

sub reload {
    my ($self, %o) = @_;

    my @old = $self->workers_of;

    $self->{generation}++;
    $self->configure(%o);

    kill HUP => $self->master;

    await(sub { $self->body('/generation') eq $self->{generation} })
        or die "the reload has failed: "
               . slurp("$self->{dir}/logs/error.log") . "\n";

    await(sub { !grep { kill 0 => $_ } @old })
        or die "the workers @old do not end\n";
}


sub await {
    my ($done) = @_;

    my $deadline = Time::HiRes::time() + $Patience;

    until ($done->()) {
        return 0 if Time::HiRes::time() > $deadline;
        Time::HiRes::sleep(0.01);
    }

    return 1;
}


# the whole answer; headers are lines

sub ask {
    my ($self, $method, $path, @headers) = @_;

    my $socket = IO::Socket::UNIX->new("$self->{dir}/server.sock")
        or die "$self->{dir}/server.sock: $!";

    local $SIG{PIPE} = 'IGNORE';

    print {$socket} join("\r\n", "$method $path HTTP/1.1",
                         'Host: api.example.com', 'Connection: close',
                         @headers, '', '');

    local $/;
    return scalar(<$socket>) // '';
}


sub get {
    my ($self, $path, $token, @headers) = @_;

    push @headers, "Authorization: Bearer $token" if defined $token;

    my ($status) = $self->ask('GET', $path, @headers)
                   =~ m{\AHTTP/1\.1 (\d+) };

    return $status // 0;
}


sub body {
    my ($self, $path, @headers) = @_;

    return $self->ask('GET', $path, @headers) =~ s/\A.*?\r\n\r\n//sr;
}


# The samples of a text: name and labels => value.

sub samples {
    my ($text) = @_;

    my %series;

    for my $line (grep { !/^#/ } split /\n/, $text) {
        my ($name, $value) = $line =~ /^(\S+?(?:\{.*\})?) (\S+)$/
            or die "no sample: $line\n";
        die "twice: $name\n" if exists $series{$name};
        $series{$name =~ s/^actor_token_//r} = $value;
    }

    return \%series;
}


sub series {
    my ($self) = @_;

    return samples($self->body('/metrics'));
}


# The decisions alone: "issuer status reason" => value, without zeros; once so
# many are counted, because that happens after the answer.

sub decisions {
    my ($self, $count) = @_;

    my ($series, $sum);

    await(sub {
        $series = $self->series;
        $sum = 0;
        $sum += $series->{$_} for grep { /^requests_total/ } keys %$series;
        return !defined $count || $sum >= $count;
    });

    my %decisions;

    for my $name (keys %$series) {
        my ($issuer, $status, $reason) = $name =~
            /^requests_total\{issuer="(.*)",status="(\w+)",reason="(\w+)"\}$/
            or next;
        $decisions{"$issuer $status $reason"} = $series->{$name}
            if $series->{$name};
    }

    return \%decisions;
}


sub json {
    my ($self) = @_;

    return JSON::PP->new->utf8->decode($self->body('/metrics?format=json'));
}


# what has not been stopped is stopped while its folder is still there

# (at once: a browser may hold a connection without a request)

sub stop {
    my ($self) = @_;

    return if !-e "$self->{dir}/nginx.pid";

    kill TERM => $self->master;
    await(sub { !-e "$self->{dir}/nginx.pid" })
        or die "nginx does not stop\n";
}


sub start {
    my ($self) = @_;

    my ($status, $output) = run_nginx($self->{dir});
    die "nginx has not started: $output\n" if $status != 0;
}


END {
    local $?;
    $_->stop for @Gateways;
}


1;
