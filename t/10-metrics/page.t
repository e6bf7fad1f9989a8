# The page is what src/page holds, knows every reason, and needs nobody else.

use strict;
use warnings;

use lib 't/lib', 't/80-docs';

use Test::More;

use Docs;

chdir docs_dir() or BAIL_OUT(docs_dir() . ": $!");

is(slurp('src/ngx_http_actor_token_page.c'), scalar `.ci/page`,
   'what is compiled is what is written: "make page"');

my %page = map { $_ => slurp("src/page/$_") } qw( page.html page.css page.js );

my %reasons = map { /^\s*X\([A-Z_]+, "([a-z_]+)",/ ? ($1 => 1) : () }
                  split /\n/, slurp('src/ngx_actor_token.h');

delete $reasons{ok};

my ($hints) = $page{'page.js'} =~ /^const REASONS = \{(.*?)^\};/ms;
my %hints = $hints =~ /^  (\w+): '(.*)',?$/mg;

cmp_ok(keys %reasons, '>', 30, 'reasons');
is(join(' ', grep { !exists $hints{$_} } sort keys %reasons), '',
   'each has a line that says what to do');

is(join(' ', grep { !$reasons{$_} } sort keys %hints), '',
   'and no other has');

# places to get something from

for my $file (sort keys %page) {
    my $text = $page{$file} =~ s{http://www\s*\.w3\.org/2000/svg}{}gr;

    unlike($text, qr{https?:|//\w|\@import|\burl\(}, "$file names no other host");
    unlike($text, qr{innerHTML|insertAdjacent|document\.write|\beval\b|
                     \bFunction\(|srcdoc}x, "$file makes no HTML from text");
    unlike($text, qr{<[^>]*\s(?:on\w+|style)=}, "$file - nothing inline");
}

done_testing();
