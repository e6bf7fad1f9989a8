# A proxy_pass by which somebody on the way could put in other keys is warned
# about when the configuration is read.

use lib 't/lib';
use v5.10.1;
use strict;
use warnings;

use Test::More;
use ActorToken::FetchProbe;

my $dir = scratch();

system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
       . " -subj /CN=x -days 2 -keyout $dir/x.key -out $dir/x.crt"
       . " >/dev/null 2>&1") == 0 or die 'openssl failed';

my $verify = "proxy_ssl_verify on; proxy_ssl_trusted_certificate $dir/x.crt;";

my $not_https = 'is not https: whoever is on the way can put in other keys';
my $not_verified = 'does not verify the server: add "proxy_ssl_verify on;"';

# what a location has, and what is said of it

my @cases = (
    'proxy_pass http://192.0.2.1;' => $not_https,
    'proxy_pass https://192.0.2.1;' => $not_verified,
    "proxy_pass https://192.0.2.1; $verify" => '',
    "proxy_pass HTTPS://192.0.2.1; $verify" => '',
    "$verify proxy_pass http://192.0.2.1;" => $not_https,
    'proxy_pass http://127.0.0.1;' => '',
    'proxy_pass http://127.1.2.3:8080/path;' => '',
    'proxy_pass http://128.0.0.1;' => $not_https,
    'proxy_pass http://[::1]:8080;' => '',
    'proxy_pass http://[::2]:8080;' => $not_https,
    'proxy_pass http://localhost:8080/;' => '',
    'proxy_pass http://unix:/tmp/keys.sock;' => '',
    'proxy_pass http://here;' => '',
    'proxy_pass http://there;' => $not_https,
    'proxy_pass https://there;' => $not_verified,
    "proxy_pass https://there; $verify" => '',
    'proxy_pass http://half;' => $not_https,
    'set $a 192.0.2.1; proxy_pass http://$a;' => $not_https,
    'set $a 192.0.2.1; proxy_pass https://$a;' => $not_verified,
    "set \$a 192.0.2.1; $verify proxy_pass https://\$a;" => '',
    "set \$a https; $verify proxy_pass \$a://192.0.2.1;" => $not_https,
    "set \$a https://192.0.2.1; $verify proxy_pass \$a;" => $not_https,
    'set $a 1; proxy_pass http://127.0.0.1:$a/keys;' => '',
    'set $a 1; proxy_pass http://127.0.0.$a/keys;' => $not_https,
    'proxy_pass http://127.0.0.1$request_uri;' => $not_https,
    'return 200 keys;' => '',
    'root html;' => '',
    'fastcgi_pass 192.0.2.1:9000;' => '',
    "proxy_pass https://192.0.2.1; limit_except POST {
         proxy_pass http://192.0.2.2; } $verify" => $not_https,
    "proxy_pass https://192.0.2.1; limit_except POST { allow all; } $verify"
        => '',
    "proxy_pass https://192.0.2.1; limit_except GET {
         proxy_pass http://192.0.2.2; } $verify" => '',
    'if ($host) { proxy_pass http://192.0.2.1; }
         proxy_pass http://127.0.0.1;' => $not_https,
    "if (\$a) { proxy_pass http://127.0.0.1; } $verify
         if (\$host) { proxy_pass https://192.0.2.1; }
         proxy_pass https://192.0.2.1;" => '',
    "if (\$host) { proxy_pass https://192.0.2.1; }
         $verify proxy_ssl_verify off; proxy_pass http://127.0.0.1;"
        =~ s/proxy_ssl_verify on; //r => $not_verified,
);

# all in one configuration

my $servers = <<'_EOC_';
upstream here { server 127.0.0.1:81; server unix:/tmp/a; server [::1]:82; }
upstream there { server 192.0.2.1; }
upstream half { server 127.0.0.1; server 192.0.2.1 backup; }
server {
    listen 127.0.0.1:1;
_EOC_

my %expected;

while (my ($location, $warning) = splice @cases, 0, 2) {
    my $n = 1 + keys %expected;

    # as one line, which the warning names

    $location =~ s/\s*\n\s*/ /g;

    $servers .= "location = /t$n { fetch_probe /$n; }\n"
                . "location = /$n { internal; $location } #$n#\n";
    $expected{$n} = [$location, $warning];
}

my $text = nginx_says("$servers}\n");
like($text, qr/test is successful/, 'read') or diag($text);

# the line of each case

open my $fh, '<', scratch() . '/nginx/conf/nginx.conf' or die $!;
my %line;

while (<$fh>) {
    $line{$1} = $. if /#(\d+)#$/;
}

my %said;

my $pass = qr/fetch_probe: proxy_pass "[^"]*"/;

while ($text =~ /^nginx: \[warn\] $pass in \S+:(\d+) (.*)$/mg) {
    push @{ $said{$1} }, $2;
}

for my $n (sort { $a <=> $b } keys %expected) {
    my ($location, $warning) = @{ $expected{$n} };

    is(join(' and ', @{ delete $said{ $line{$n} } // [] }), $warning,
       $location);
}

is(join(' ', keys %said), '', 'nothing else');

# a configuration that is refused leaves nothing behind, nor one that is not

like(nginx_says("server { proxy_pass http://127.0.0.1; }\n"),
     qr/"proxy_pass" directive is not allowed here/, 'proxy_pass in a server');
like(nginx_says("server { location / { proxy_pass http://127.0.0.1;
                 proxy_pass http://127.0.0.1; } }\n"),
     qr/"proxy_pass" directive is duplicate/, 'proxy_pass twice');
like(nginx_says("server { location / { proxy_pass; } }\n"),
     qr/invalid number of arguments in "proxy_pass" directive/,
     'proxy_pass of nothing');

done_testing();
