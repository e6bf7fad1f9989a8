# One version: the source's, that of CHANGES, and those of the packages.

use strict;
use warnings;

use Test::More;

sub found {
    my ($file, $pattern) = @_;

    open my $fh, '<', $file or BAIL_OUT("$file: $!");
    local $/;
    my @found = <$fh> =~ /$pattern/ or return '';
    return join ', ', @found;
}

my $version = found('src/ngx_actor_token.h',
                    qr/^#define NGX_ACTOR_TOKEN_VERSION +"(.*)"$/m);

like($version, qr/^\d+\.\d+\.\d+$/, 'the source');

is(found('CHANGES', qr/\A\nChanges with actor-token gateway (\S+) +\d\d? \w{3} \d{4}\n/),
   $version, 'CHANGES');
is(found('debian/changelog',
         qr/\Alibnginx-mod-http-actor-token \((.*)-\d+\) /),
   $version, 'debian/changelog');
is(found('packaging/nginx-mod-http-actor-token.spec',
         qr/^Version: +(\S+)$/m), $version, 'the RPM');
is(found('packaging/nginx-mod-http-actor-token.spec',
         qr/^%changelog\n\*[^\n]* (\S+)-\d+$/m), $version, "the RPM's changelog");

done_testing();
