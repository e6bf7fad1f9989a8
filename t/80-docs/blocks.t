# Every block of code in the documentation is marked; every configuration is accepted
# by "nginx -t", with the notices that the text explains and no others, and is
# run by a test.

use strict;
use warnings;

use lib 't/lib', 't/80-docs';

use Test::More;

use Docs;

my $dir = docs_dir();

# which blocks the tests beside this one run

my $tests = join '', map {
    open my $fh, '<', $_ or BAIL_OUT("$_: $!");
    local $/;
    <$fh>;
} glob "$dir/t/80-docs/*.t";

my @blocks = blocks();
my %seen;

cmp_ok(scalar @blocks, '>', 40, 'blocks');

for my $block (@blocks) {
    my $at = "$block->{file}:$block->{line}";
    my $text = $block->{text};

    if ($text =~ /^Syntax:/) {
        is("$block->{lang}", '', "$at - the head of a directive");
        next;
    }

    ok($block->{mark}, "$at - says how it is tested");

    my $configuration = $block->{kind} eq 'main' || $block->{kind} eq 'http';

    is($block->{lang} eq 'nginx' ? 1 : 0, $configuration ? 1 : 0,
       "$at - what is marked as configuration is shown as configuration");

    unlike($text, qr/[^\n]{81}/, "$at - 80 columns")
        unless $block->{lang} eq '' || $block->{kind} eq 'audit-line';

    next unless $configuration;

    my $name = $block->{name};

    ok($name ne '' && !$seen{$name}++, "$at - has a name of its own");

    my ($accepted, @lines) = test_configuration($block->{kind}, $text);

    ok($accepted, "$at - \"$name\" is accepted") or diag(join "\n", @lines);

    my @found = grep { /\[(?:notice|warn|error|crit|alert|emerg)\]/ } @lines;
    my @expected = @{ $block->{notices} };

    for my $notice (@expected) {
        ok((grep { /\[notice\].*\Q$notice\E/ } @found),
           "$at - \"$name\" is noticed: $notice")
            or diag(join "\n", @lines);
    }

    my @unexpected = grep {
        my $line = $_;
        !grep { $line =~ /\[notice\].*\Q$_\E/ } @expected;
    } @found;

    is("@unexpected", '', "$at - \"$name\" is not noticed otherwise");

    ok(scalar($tests =~ /\b(?:readme|running|shown)\('\Q$name\E'[,)]/),
       "$at - \"$name\" is run")
        unless $block->{kind} eq 'main';
}


# links lead somewhere

my %anchors;

for my $file (docs_files(), 'SECURITY.md') {
    my $text = do {
        open my $fh, '<', "$dir/$file" or BAIL_OUT("$file: $!");
        local $/;
        <$fh>;
    };

    $anchors{$file}{''} = 1;

    for ($text =~ /^#+ (.+)$/mg) {
        my $anchor = lc;
        $anchor =~ s/[^\w\s-]//g;
        $anchor =~ s/\s/-/g;
        $anchors{$file}{$anchor} = 1;
    }
}

for my $file (docs_files()) {
    my ($folder) = $file =~ m{^(.*/)?};

    for my $link (docs_text($file) =~ /\]\((?!https:)([^)]+)\)/g) {
        my ($path, $anchor) = $link =~ /^([^#]*)#?(.*)$/;

        $path = $path eq '' ? $file : ($folder // '') . $path;
        1 while $path =~ s{[^/]+/\.\./}{};

        ok(-e "$dir/$path", "$file - a file for $link");
        ok($anchors{$path}{$anchor}, "$file - a heading for $link")
            if $anchors{$path};
    }
}


# prose is wrapped; tables, links and blocks cannot be

my $prose = docs_text();
$prose =~ s/^\s*```.*?^\s*```$//msg;

for my $line (grep { /[^\n]{81}/ && !/^\||https:|^<!--/ }
              map { my $text = $_; utf8::decode($text); $text }
              split /\n/, $prose)
{
    fail("80 columns: $line");
}

done_testing();
