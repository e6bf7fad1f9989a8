# Every directive and every variable of the module is used by some test.

use strict;
use warnings;

use File::Find;
use Test::More;

sub text_of {
    my (@files) = @_;

    return join '', map {
        open my $fh, '<', $_ or BAIL_OUT("$_: $!");
        local $/;
        <$fh>;
    } @files;
}

my $source = text_of(glob('*.c src/ngx_http_actor_token_*.c'));
my @tests;

find({ no_chdir => 1, wanted => sub { push @tests, $_ if /\.(t|pm)$/ } }, 't');

my $tests = text_of(@tests);

# rows of a directive table, and names of variables

my %directives = map { $_ => 1 }
    $source =~ /\{\s*ngx_string\("([a-z_]+)"\),\s*NGX_(?:HTTP|CONF)_/g;
my %variables = map { $_ => 1 }
    $source =~ /NGX_HTTP_ACTOR_TOKEN_(?:OUTCOME|IDENTITY)\("([a-z_]+)"/g;

cmp_ok(scalar keys %directives, '>', 30, 'directives of the source');
cmp_ok(scalar keys %variables, '>', 15, 'variables of the source');

for my $name (sort keys %directives) {
    like($tests, qr/^\s*$name(?:\s|;)/m, "$name is tested");
}

for my $name (sort keys %variables) {
    like($tests, qr/\$actor_token_$name\b|\b$name: /, "\$actor_token_$name is tested");
}

done_testing();
