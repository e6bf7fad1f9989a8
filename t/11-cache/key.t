# A remembered token counts while its key, its block and the claims that are
# shown are what they were, and through reloads that change none of them.

use v5.10.1;
use strict;
use warnings;

use lib 't/lib';
use Test::More;

use ActorToken::Gateway;
use ActorToken::Mint;

my $token = token(signer => 'one', claims => { email => 'a@b' });
my $issuer_name = 'add_header X-Name $actor_token_issuer_name;';
my $email = 'add_header X-Email $actor_token_claim_email;';
my $renamed = jwks('two') =~ s/"kid":"two"/"kid":"one"/r;

my $nginx;

# the gateway with this configuration, from now on

sub configured {
    my (%o) = @_;

    my $name = $o{name} // 'acme';

    write_file(scratch() . '/conf/set.json', $o{keys});

    my @http = (http => site(keys => '', show => $o{show} // $issuer_name,
                             issuers => "
        actor_token_issuer $name {
            issuer https://login.acme.example;
            jwks set.json;
            tenant acme;
            @{[ $o{issuer} // '' ]}
        }"));

    return $nginx->reload(@http) if $nginx;
    $nginx = gateway(@http);
}

sub shows {
    my ($name, $reason, $cache, %headers) = @_;

    my $got = $nginx->get('/t', $token);

    is($got->{reason}, $reason, "$name - reason");

    is($got->{cache}, $cache, "$name - cache");
    is($got->{headers}{$_}, $headers{$_}, "$name - $_") for sort keys %headers;
}

my %both = (keys => jwks('two', 'one'));
my $types = 'type at+jwt JWT;';
my $claim = 'subject_claim sub;';

configured(issuer => $types, keys => jwks('one'));
shows('the first time', 'ok', 'MISS');
shows('the second', 'ok', 'HIT');

configured(issuer => "$types leeway 10s;", name => 'other', %both);
shows('another key, name and leeway', 'ok', 'HIT', 'x-name' => 'other');

configured(issuer => $claim, %both);
shows('another type: all is looked at again', 'ok', 'MISS');

configured(issuer => $claim, show => $email, %both);
shows('a claim is shown', 'ok', 'MISS', 'x-email' => 'a@b');
shows('which is remembered too', 'ok', 'HIT', 'x-email' => 'a@b');

configured(issuer => $claim, show => $email, keys => jwks('two'));
shows('the key is taken away (standards 71: a decision of this module)',
      'unknown_key', 'MISS');

configured(issuer => $claim, show => $email, keys => $renamed);
shows('another key of the same name', 'bad_signature', 'MISS');

configured(issuer => $claim, show => $email, keys => jwks('one'));
shows('the key is back', 'ok', 'HIT', 'x-email' => 'a@b');

configured(issuer => "$claim algorithms RS256 ES384;", show => $email,
           keys => jwks('rsa', 'p384'));
shows('the key is for another algorithm now', 'algorithm_not_allowed', 'MISS');

done_testing();
