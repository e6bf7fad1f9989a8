# nginx without an http block has nothing to say of the module.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;

use ActorToken::Gateway;

my $dir = scratch();
my $module = $ENV{ACTOR_TOKEN_MODULE} // '';
my $load = $ENV{ACTOR_TOKEN_STATIC} ? '' : "load_module $module;";

write_file("$dir/conf/nginx.conf", "$load\npid logs/nginx.pid;\nevents { }\n");

my @command = ActorToken::Gateway::command({ dir => $dir });
my $said = `@command -t 2>&1`;

is($?, 0, 'it starts') or diag($said);
unlike($said, qr/\[\w+\]/, 'and nothing is logged');

done_testing();
