# "make install" puts the module where the nginx that it is for looks for it.

use strict;
use warnings;

use lib 't/lib', 't/80-docs';

use File::Temp ();
use Test::More;

use Docs;

my $top = docs_dir();
my $bin = File::Temp->newdir;

# what .ci/modules-path prints for an nginx that was configured like this

sub folder {
    my ($arguments) = @_;

    spew("$bin/nginx", <<"_EOC_");
#!/bin/sh
cat >&2 <<'_EOF_'
nginx version: nginx/1.26.3
configure arguments: $arguments
_EOF_
_EOC_

    chmod 0755, "$bin/nginx";

    local $ENV{NGX_BIN} = "$bin/nginx";
    chomp(my $printed = `$top/.ci/modules-path`);

    return $printed;
}

is(folder("--with-cc-opt='-g -O2' --prefix=/usr/share/nginx"
          . ' --modules-path=/usr/lib/nginx/modules --with-compat'),
   '/usr/lib/nginx/modules', 'where it was told');
is(folder('--prefix=/opt/nginx --with-compat'), '/opt/nginx/modules',
   'or below its prefix');
is(folder('--modules-path=lib --prefix=/opt/nginx'), '/opt/nginx/lib',
   'to which a name may be relative');
is(folder(''), '/usr/local/nginx/modules', 'which has a default');
is(folder("--prefix='/opt/my nginx'"), '/opt/my nginx/modules',
   'and may have a space');

{
    local $ENV{NGX_BIN} = "$bin/none";

    is(`$top/.ci/modules-path 2>$bin/message`, '', 'no nginx: no folder');
    isnt($?, 0, 'but a failure');
    like(slurp("$bin/message"), qr/make install MODULES_PATH=/,
         'that says what to do');
}

done_testing();
