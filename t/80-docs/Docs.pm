package Docs;

# README.md in pieces.
#
# Every block of code in it is marked by a comment in front, which says how the
# block is tested and gives it a name, unless it is the head of a directive's
# description:
#
#     <!-- test: http entra, notice: speaks for several tenants -->
#
# "main" and "http" are the contexts of an nginx configuration.  A notice is a
# fragment of a line that "nginx -t" writes for this block, and that the text
# explains.  What the other marks mean is up to commands.t.

use v5.10.1;
use strict;
use warnings;

use Cwd ();
use File::Basename ();
use File::Path qw( make_path );
use File::Temp ();

use ActorToken::Mint;

use Exporter qw( import );

our @EXPORT = qw( docs_dir docs_text blocks block_named heads readme
                  test_configuration nginx_binary has_module );

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


sub docs_text {
    state $text = slurp("$Top/README.md");
    return $text;
}


# The blocks: { line, lang, mark, kind, name, notices, text }

sub blocks {
    state $blocks;
    return @$blocks if $blocks;

    my ($block, $mark);
    my $n = 0;

    for my $line (split /\n/, docs_text()) {
        $n++;

        if ($block) {
            if ($line eq '```') {
                push @$blocks, $block;
                undef $block;

            } else {
                $block->{text} .= "$line\n";
            }

            next;
        }

        if ($line =~ /^<!-- test: (.+) -->$/) {
            die "README.md:$n: the mark before has no block\n" if $mark;
            $mark = $1;
            next;
        }

        if ($line =~ /^\s*(?:```|~~~)(.*)$/) {
            $block = { line => $n, lang => $1, mark => $mark, text => '',
                       parse_mark($mark // '') };
            undef $mark;
            next;
        }

        die "README.md:$n: no block follows the mark\n" if $mark;
    }

    die "README.md: a block or a mark is left open\n" if $block || $mark;

    return @$blocks;
}


sub parse_mark {
    my ($mark) = @_;

    my ($first, @rest) = split /, /, $mark;
    my ($kind, $name) = split / /, $first // '';

    my @notices = map { /^notice: (.+)/ ? $1 : die "unknown mark: $_\n" }
                      @rest;

    return (kind => $kind // '', name => $name // '', notices => \@notices);
}


sub block_named {
    my ($name) = @_;

    my @found = grep { $_->{name} eq $name } blocks();

    die @found . " blocks of README.md are named \"$name\"\n" if @found != 1;

    return $found[0];
}


# The heads of directives: { name, line, syntax, default, contexts }

sub heads {
    my @heads;
    my @lines = split /\n/, docs_text();

    for my $block (grep { $_->{text} =~ /^Syntax:/ } blocks()) {

        my ($syntax, $default, $context) = $block->{text} =~
            /\ASyntax: {3}(.+)\nDefault: {2}(.+)\nContext: {2}(.+)\n\z/
            or die "README.md:$block->{line}: not a head of three lines\n";

        # "### name" and an empty line are in front

        my ($name) = $lines[$block->{line} - 3] =~ /^### (\w+)$/
            or die "README.md:$block->{line}: no \"### name\" in front\n";

        push @heads, { name => $name, line => $block->{line},
                       syntax => $syntax,
                       default => $default eq "\xe2\x80\x94" ? undef : $default,
                       contexts => [split /, /, $context] };
    }

    return @heads;
}


# The named block, so that Test::Nginx can run it: on its port, without TLS,
# with files in its folder, and with an application that shows what it gets.

sub readme {
    my ($name) = @_;

    my $text = block_named($name)->{text};
    my $port = Test::Nginx::Util::server_port();
    my $root = Test::Nginx::Util::server_root();

    $text =~ s/(\blisten\s+)443 ssl;/$1$port;/g
        or die "nothing listens in \"$name\"\n";

    $text =~ s{(\bjwks\s+)keys/}{$1}g;

    $text =~ s{^(\s*access_log\s+)/var/log/nginx/(.*)$}
              {$1logs/$2\n$1logs/probe.log probe;}mg;

    $text =~ s{http://127\.0\.0\.1:9000\b}{http://application}g
        or die "nothing is passed on in \"$name\"\n";

    return $text . <<"_EOC_";

upstream application {
    server unix:$root/logs/application.sock;
}

server {
    listen unix:$root/logs/application.sock;
    access_log off;
    default_type text/plain;

    location / {
        return 200
"$Docs::Application";
    }
}
_EOC_
}

our $Application = join '', map {
    my $variable = lc s/-/_/gr;
    "$_: \$http_$variable\n";
} qw( Authorization X-Subject X-Actor X-Actor-Tenant X-Tenant X-Team X-Agent );


sub nginx_binary {
    return $ENV{TEST_NGINX_BINARY} || 'nginx';
}


sub has_module {
    my ($name) = @_;

    state $V = do { my $nginx = nginx_binary(); `$nginx -V 2>&1` };

    return $V =~ /--with-\Q$name\E/;
}


# Runs "nginx -t" on a configuration that is complete for its context, in a
# new folder.  Returns whether it was accepted, and the lines written.

sub test_configuration {
    my ($context, $text) = @_;

    my $dir = File::Temp->newdir;
    make_path(map { "$dir/$_" } qw( keys logs modules temp ));

    my $module = $ENV{ACTOR_TOKEN_MODULE}
                 || "$Top/build/ngx_http_actor_token_module.so";
    my $load = '';

    if ($ENV{ACTOR_TOKEN_STATIC}) {
        $text =~ s/^load_module.*;$//mg;

    } else {
        symlink $module, "$dir/modules/ngx_http_actor_token_module.so"
            or die "$dir: $!";
        $load = "load_module modules/ngx_http_actor_token_module.so;\n"
            if $text !~ /load_module/;
    }

    # ports may be taken, or not ours to take; these are neither

    my $ssl = '';

    if (has_module('http_ssl_module')) {
        spew("$dir/keys/server.crt", certificate('server'));
        spew("$dir/keys/server.key", key_private_pem('server'));
        $ssl = "ssl_certificate keys/server.crt;\n"
               . "ssl_certificate_key keys/server.key;\n";
        $text =~ s/(\blisten\s+)443 ssl;/$1unix:$dir\/server.sock ssl;/g;

    } else {
        $text =~ s/(\blisten\s+)443 ssl;/$1unix:$dir\/server.sock;/g;
    }

    for my $name ($text =~ m{\bjwks\s+keys/([\w-]+\.jwks);}g) {
        spew("$dir/keys/$name", (file_for($name))[0]);
    }

    $text =~ s{/var/log/nginx/}{$dir/logs/}g;

    # where the text trusts nobody, whom its policy asks for

    my $issuer = '';

    if ($text =~ /\bactor_token\s/ && $text !~ /\bactor_token_issuer\s+\S+ \{/)
    {
        spew("$dir/keys/acme.jwks", (file_for('acme.jwks'))[0]);
        $issuer = "actor_token_issuer acme {\n"
                  . "issuer https://id.acme.example;\n"
                  . "jwks keys/acme.jwks;\n"
                  . "tenant acme;\n}\n";
    }

    my $temp = join '', map { "${_}_temp_path temp/$_;\n" }
                            qw( client_body proxy fastcgi uwsgi scgi );

    my ($main, $http) = $context eq 'main' ? ($text, '') : ('', $text);

    spew("$dir/nginx.conf", <<"_EOC_");
$load$main
pid nginx.pid;
events { }
http {
$temp$ssl$issuer$http
}
_EOC_

    my $nginx = nginx_binary();
    my $output = `$nginx -t -p $dir/ -c nginx.conf -e $dir/logs/error.log 2>&1`;
    my $accepted = $? == 0;
    my %seen;

    my @lines = grep { !$seen{$_ =~ s/^.*?(?=\[[a-z]+\])//r}++ }
                     split /\n/, $output . slurp("$dir/logs/error.log");

    return ($accepted, @lines);
}


sub spew {
    my ($file, $content) = @_;

    open my $fh, '>:raw', $file or die "$file: $!";
    print {$fh} $content;
    close $fh or die "$file: $!";
}


1;
