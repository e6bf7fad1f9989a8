package Bench::Floor;

# The work that no module can do without: see floor.c.

use v5.10.1;
use strict;
use warnings;

use Bench::Callgrind;
use Bench::Server;
use Bench::Tokens;

my @Operations = qw( verify parse sha256 );


# the tokens of these cases

sub new {
    my ($class, $cases, @algorithms) = @_;

    my $folder = Bench::Server::folder() . '/floor.d';
    my $self = bless { folder => $folder, algorithms => \@algorithms,
                       program => "$folder/floor" }, $class;

    for my $alg (@algorithms) {
        my ($key) = Bench::Tokens::key_file($alg);

        Bench::Server::write_file("$folder/$alg.key", $key);
        Bench::Server::write_file("$folder/$alg.tokens", join '',
                                  map { "$_\n" } $cases->tokens('all', $alg));
    }

    my $source = Bench::Server::top() . '/t/bench/floor.c';
    my $cc = $ENV{CC} || 'cc';

    system("$cc -O2 -W -Wall -Wno-unused-parameter -o '$self->{program}' "
           . "'$source' -ljansson -lcrypto") == 0
        or die "$source does not compile\n";

    return $self;
}


# { algorithm => { operation => ns } }, measured for that many milliseconds each

sub nanoseconds {
    my ($self, $ms, @wrapper) = @_;

    my %ns;

    open my $out, '-|', @wrapper, $self->{program}, $self->{folder}, $ms,
                        @{ $self->{algorithms} }
        or die "$self->{program}: $!\n";

    while (<$out>) {
        my ($alg, $operation, $n) = split;
        $ns{$alg}{$operation} = $n;
    }

    close $out or die "$self->{program} failed\n";

    return \%ns;
}


# operation => instructions

sub instructions {
    my ($self, $alg) = @_;

    return map {
        my $operation = $_;

        $operation => Bench::Callgrind::per_operation(
            "$self->{folder}/callgrind.out",
            sub { $self->{program}, $self->{folder}, -$_[0], $operation,
                  $alg });
    } @Operations;
}


1;
