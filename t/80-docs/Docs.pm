package Docs;

# README.md and the pages of docs/ in pieces.
#
# Every block in them is marked by a comment in front, which says how the block is
# tested and gives it a name, unless it is the head of a directive's description:
#
#     <!-- test: http entra, notice: speaks for several tenants -->
#
# "main" and "http" are the contexts of an nginx configuration.  A notice is a
# fragment of a line that "nginx -t" writes for this block, and that the text
# explains.  A mark of one word is also the name of its block.

use v5.10.1;
use strict;
use warnings;

use Cwd ();
use File::Basename ();
use File::Path qw( make_path );
use File::Temp ();
use JSON::PP ();

use ActorToken::Mint;

use Exporter qw( import );

our @EXPORT = qw( docs_dir docs_files docs_text blocks shown heads readme shape
                  nginx_folder run_nginx test_configuration running quit
                  spew slurp has_module );

my $Top = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/../..');


sub docs_dir {
    return $Top;
}


sub slurp {
    my ($file) = @_;

    open my $fh, '<:raw', $file or die "$file: $!";
    local $/;
    return scalar <$fh>;
}


# README.md first; what a program writes is not among them

sub docs_files {
    return 'README.md', map { "docs/$_.md" }
                            qw( reference logging metrics rollout recipes limits );
}


# of one of them, or of all

sub docs_text {
    my ($file) = @_;

    state %text = map { $_ => slurp("$Top/$_") } docs_files();

    return $text{$file} // die "$file is no page\n" if defined $file;
    return join "\n", map { $text{$_} } docs_files();
}


# The blocks: { file, line, lang, mark, kind, name, notices, text }

sub blocks {
    state $blocks = [map { blocks_of($_) } docs_files()];
    return @$blocks;
}


sub blocks_of {
    my ($file) = @_;

    my (@found, $block, $mark, $indent);
    my $n = 0;

    for my $line (split /\n/, docs_text($file)) {
        $n++;

        if ($block) {

            # in a list all lines are indented

            $line =~ s/^$indent//;

            if ($line eq '```') {
                push @found, $block;
                undef $block;

            } else {
                $block->{text} .= "$line\n";
            }

            next;
        }

        if ($line =~ /^\s*<!-- test: (.+) -->$/) {
            die "$file:$n: the mark before has no block\n" if $mark;
            $mark = $1;
            next;
        }

        if ($line =~ /^(\s*)(?:```|~~~)(.*)$/) {
            $indent = $1;
            $block = { file => $file, line => $n, lang => $2, mark => $mark,
                       text => '', parse_mark($mark // '') };
            undef $mark;
            next;
        }

        die "$file:$n: no block follows the mark\n" if $mark;
    }

    die "$file: a block or a mark is left open\n" if $block || $mark;

    return @found;
}


sub parse_mark {
    my ($mark) = @_;

    my ($first, @rest) = split /, /, $mark;
    my ($kind, $name) = split / /, $first // '';

    $name //= $kind;

    my @notices = map { /^notice: (.+)/ ? $1 : die "unknown mark: $_\n" }
                      @rest;

    return (kind => $kind // '', name => $name // '', notices => \@notices);
}


# the text of the named block

sub shown {
    my ($name) = @_;

    my @found = grep { $_->{name} eq $name } blocks();

    die @found . " blocks are named \"$name\"\n" if @found != 1;

    return $found[0]{text};
}


# The heads of directives: { name, line, syntax, default, contexts }

sub heads {
    my @heads;
    my @lines = split /\n/, docs_text('docs/reference.md');

    for my $block (grep { $_->{text} =~ /^Syntax:/ } blocks()) {

        my ($syntax, $default, $context) = $block->{text} =~
            /\ASyntax: {3}(.+)\nDefault: {2}(.+)\nContext: {2}(.+)\n\z/
            or die "$block->{file}:$block->{line}: not a head of three lines\n";

        # "### name" and an empty line are in front

        my ($name) = $lines[$block->{line} - 3] =~ /^### (\w+)$/
            or die "$block->{file}:$block->{line}: no \"### name\" in front\n";

        push @heads, { name => $name, line => $block->{line},
                       syntax => $syntax,
                       default => $default eq "\xe2\x80\x94" ? undef : $default,
                       contexts => [split /, /, $context] };
    }

    return @heads;
}


# Where the issuers of the documentation have their keys; in the tests they are
# files of these names, and a server on a socket has them under the same path.

my %KeysAt = (
    'https://id.acme.example/jwks.json' => 'acme.jwks',
    'https://login.microsoftonline.com/common/discovery/v2.0/keys'
        => 'entra.jwks',
    'https://login.microsoftonline.com/common/discovery/keys'
        => 'entra-v1.jwks',
    'https://kc.example.com/realms/acme/protocol/openid-connect/certs'
        => 'acme.jwks',
    'https://kc.example.com/realms/beta/protocol/openid-connect/certs'
        => 'beta.jwks',
    'https://example.eu.auth0.com/.well-known/jwks.json' => 'auth0.jwks',
    'https://example.okta.com/oauth2/default/v1/keys' => 'okta.jwks',
);

# An issuer's name means nothing here.  The text asks that server, whose files
# are in a folder; without one it asks nobody.

sub with_issuers {
    my ($text, $dir, $files) = @_;

    my (%files, %hosts);

    for my $url (keys %KeysAt) {
        my ($host, $path) = $url =~ m{^(https://[^/]+)(/.*)$};
        my $template = $path =~ s{/realms/\w+/}{/realms/{tenant}/}r;

        next if $text !~ m{\bproxy_pass\s+\Q$host\E\b}
                || $text !~ m{\Q$path\E\b|\Q$template\E\b};

        $hosts{$host} = 1;
        $files{$path} = $KeysAt{$url};
    }

    my $asked = defined $dir ? "http://unix:$dir/issuer.sock:"
                             : 'https://127.0.0.1:9';

    $text =~ s{(\bproxy_pass\s+)\Q$_\E\b}{$1$asked} for keys %hosts;

    return $text if !%files || !defined $dir;

    my $locations = join '', map {
        "    location = $_ { alias $files/$files{$_}; }\n"
    } sort keys %files;

    return "${text}server {\n    listen unix:$dir/issuer.sock;\n"
           . "    access_log off;\n    default_type application/json;\n"
           . "$locations}\n";
}


# The named configuration, so that Test::Nginx can run it: on its port, without
# TLS, with files in its folder, and with an application that shows what it gets.

sub readme {
    my ($name) = @_;

    my $port = Test::Nginx::Util::server_port();
    my $root = Test::Nginx::Util::server_root();
    my $text = shown($name);

    $text =~ s{(\bjwks\s+)keys/}{$1}g;
    $text =~ s{^(\s*access_log\s+)/var/log/nginx/(.*)$}
              {$1logs/$2\n$1logs/probe.log probe;}mg;

    return $text if $text !~ /\bserver \{/;

    # without TLS in nginx there are no such directives

    $text =~ s/^\s*proxy_ssl_\w+ .*\n//mg;

    return runnable(with_issuers($text, "$root/logs", "$root/conf"), $port,
                    "$root/logs");
}


sub runnable {
    my ($text, $listen, $dir) = @_;

    $text =~ s/(\blisten\s+)443 ssl;/$1$listen;/g
        or die "nothing listens here:\n$text";
    $text =~ s{http://127\.0\.0\.1:9000\b}{http://application}g;

    my $headers = join '', map { "$_: \$http_" . (lc s/-/_/gr) . "\n" }
                           qw( Authorization X-Subject X-Actor X-Actor-Tenant
                               X-Tenant X-Team X-Agent );

    return $text . <<"_EOC_";

upstream application {
    server unix:$dir/application.sock;
}

server {
    listen unix:$dir/application.sock;
    access_log off;
    default_type text/plain;

    location / {
        return 200 "\$request_method \$request_uri\n$headers";
    }
}
_EOC_
}


# A payload with exactly these claims, over those of another.  "(absent)" and
# "now+60" mean what they mean in ActorToken::Mint.

sub shape {
    my ($claims, $over) = @_;

    return JSON::PP->new->canonical->utf8
                   ->encode(ActorToken::Mint::merge($claims, $over // {}));
}


sub nginx {
    return $ENV{TEST_NGINX_BINARY} || 'nginx';
}


sub has_module {
    my ($name) = @_;

    state $V = do { my $nginx = nginx(); `$nginx -V 2>&1` };

    return $V =~ /--with-\Q$name\E/;
}


# A new folder in which nginx can use the configuration, which is complete for
# its context, "main" or "http"; "plain" is without TLS and with an application.
# Nothing outside it is opened: not everybody may write to nginx's own log.

sub nginx_folder {
    my ($context, $text, $plain) = @_;

    my $dir = File::Temp->newdir;
    make_path(map { "$dir/$_" } qw( keys logs modules temp ));

    my $load = '';

    if ($ENV{ACTOR_TOKEN_STATIC}) {
        $text =~ s/^load_module.*;$//mg;

    } else {
        symlink $ENV{ACTOR_TOKEN_MODULE}
                || "$Top/build/ngx_http_actor_token_module.so",
                "$dir/modules/ngx_http_actor_token_module.so"
            or die "$dir: $!";

        $load = "load_module modules/ngx_http_actor_token_module.so;\n"
            if $text !~ /load_module/;
    }

    # ports may be taken, or not ours to take; a socket is neither

    my $ssl = '';

    if (has_module('http_ssl_module')) {
        state $certificate = certificate('server');

        spew("$dir/keys/server.crt", $certificate);
        spew("$dir/keys/server.key", key_private_pem('server'));

        $ssl = "ssl_certificate keys/server.crt;\n"
               . "ssl_certificate_key keys/server.key;\n";
    }

    if ($plain) {
        $text = runnable($text, "unix:$dir/server.sock", $dir);
    }

    $text = with_issuers($text, $plain ? $dir : undef, "$dir/keys");

    for my $name ($text =~ m{\balias \Q$dir\E/keys/([\w.-]+)}g) {
        spew("$dir/keys/$name", (file_for($name))[0]);
    }

    my $tls = $ssl ne '' ? ' ssl' : '';

    $text =~ s/(\blisten\s+)443 ssl;/$1unix:$dir\/server.sock$tls;/g;
    $text =~ s/(\blisten\s+)127\.0\.0\.1:9113;/$1unix:$dir\/metrics.sock;/g;
    $text =~ s{/var/log/nginx/}{$dir/logs/}g;

    # whom the policy trusts, where the text does not say it

    my $issuer = '';

    if ($text !~ /\bactor_token_issuer\s+\S+ \{/) {
        $issuer = "actor_token_issuer acme {\n"
                  . "issuer https://id.acme.example;\n"
                  . "jwks keys/acme.jwks;\n"
                  . "tenant acme;\n}\n";
    }

    for my $name ("$issuer$text" =~ m{\b(?:jwks|key)\s+keys/([\w.-]+)}g) {
        spew("$dir/keys/$name", (file_for($name))[0]);
    }

    my $temp = join '', map { "${_}_temp_path temp/$_;\n" }
                            qw( client_body proxy fastcgi uwsgi scgi );

    my ($main, $http) = $context eq 'main' ? ($text, '') : ('', $text);

    spew("$dir/nginx.conf", <<"_EOC_");
$load$main
pid nginx.pid;
events { }
http {
access_log logs/access.log;
$temp$ssl$issuer$http
}
_EOC_

    return $dir;
}


# Runs nginx in such a folder: the exit status, and what it has written.

sub run_nginx {
    my ($dir, @options) = @_;

    my $nginx = nginx();

    # whoever runs the tests, the workers are the same user

    push @options, '-g', "'user root;'" if $> == 0;

    # nginx frees nothing of what its own configuration needs

    local $ENV{ASAN_OPTIONS} = join ':', $ENV{ASAN_OPTIONS} // (),
                                         'detect_leaks=0'
        if grep { $_ eq '-t' } @options;

    my $output = `$nginx -p $dir/ -c nginx.conf -e $dir/logs/error.log @options 2>&1`;

    return ($?, $output);
}


# The named configuration as a server of its own, without TLS.  Returns its
# folder and what sends a request: path, token, curl's options; its answer is
# the status.

sub running {
    my ($name, @more) = @_;

    my $text = shown($name) . join '', @more;
    my $dir = nginx_folder('http', $text, 1);
    my ($status, $output) = run_nginx($dir);

    die "nginx has not started for \"$name\": $output\n" if $status != 0;

    my $send = sub {
        my ($path, $token, @options) = @_;

        push @options, '-H', "Authorization: Bearer $token" if defined $token;

        open my $curl, '-|', 'curl', '-q', '-sS', '--max-time', 10,
             '-o', "$dir/body", '-w', '%{http_code}',
             '--unix-socket', "$dir/server.sock", @options,
             "http://api.example.com$path"
            or die "curl: $!";

        return scalar <$curl>;
    };

    return ($dir, $send);
}


# ends it; then everything is in the logs

sub quit {
    my ($dir) = @_;

    chomp(my $pid = slurp("$dir/nginx.pid"));
    kill QUIT => $pid;

    # its last act is to remove this file

    my $deadline = time + 10;

    while (-e "$dir/nginx.pid") {
        die "nginx $pid does not stop\n" if time > $deadline;
        select undef, undef, undef, 0.01;
    }
}


# Whether "nginx -t" accepts the configuration, and the lines it has written.

sub test_configuration {
    my ($context, $text) = @_;

    my $dir = nginx_folder($context, $text);
    my ($status, $output) = run_nginx($dir, '-t');
    my %seen;

    # the same line is in the log and on the terminal

    my @lines = grep { !$seen{s/^.*?(?=\[[a-z]+\])//r}++ }
                     split /\n/, $output . slurp("$dir/logs/error.log");

    return ($status == 0, @lines);
}


sub spew {
    my ($file, $content) = @_;

    open my $fh, '>:raw', $file or die "$file: $!";
    print {$fh} $content;
    close $fh or die "$file: $!";
}


1;
