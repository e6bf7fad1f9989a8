package ActorToken::Browser;

# A headless Chromium, which is told what to do over a pair of pipes
# (--remote-debugging-pipe): a message is JSON, and ends with a NUL.

use v5.10.1;
use strict;
use warnings;

use File::Path qw( remove_tree );
use File::Temp ();
use JSON::PP ();
use MIME::Base64 ();
use POSIX ();

my $Json = JSON::PP->new->utf8->canonical;

# what takes longer than this does not happen any more, in seconds

my $Patience = 60;


sub binary {
    my ($found) = grep { -x } map { my $dir = $_;
                                    map { "$dir/$_" } qw( chromium chrome ) }
                              split /:/, $ENV{PATH};
    return $ENV{CHROMIUM} || $found;
}


# Starts the browser and opens an empty page.

sub new {
    my ($class) = @_;

    my $self = bless { id => 0, buffer => '', events => [],
                       profile => File::Temp::tempdir() }, $class;

    # the browser reads its third descriptor, and writes to its fourth

    pipe(my $read, $self->{out}) or die "pipe: $!";
    pipe($self->{in}, my $write) or die "pipe: $!";

    my @fds = map { POSIX::dup(fileno $_) // die "dup: $!" } $read, $write;

    defined($self->{pid} = fork) or die "fork: $!";

    if (!$self->{pid}) {
        POSIX::dup2($fds[0], 3);
        POSIX::dup2($fds[1], 4);
        POSIX::close($_) for grep { $_ > 4 } @fds;

        open STDOUT, '>', '/dev/null';
        open STDERR, '>', "$self->{profile}/log";
        $ENV{TZ} = 'UTC';
        $ENV{$_} = "$self->{profile}" for qw( HOME XDG_CONFIG_HOME
                                              XDG_CACHE_HOME );

        no warnings 'exec';
        exec binary(), qw( --headless --no-sandbox --disable-gpu
            --disable-dev-shm-usage --disable-background-networking
            --disable-component-update --disable-sync --disable-extensions
            --disable-default-apps --no-first-run --no-pings --mute-audio
            --hide-scrollbars --lang=en-GB --remote-debugging-pipe ),
            '--proxy-server=direct://',
            '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
            "--user-data-dir=$self->{profile}", 'about:blank';
        POSIX::_exit(127);
    }

    POSIX::close($_) for @fds;
    close $read;
    close $write;
    $self->{out}->autoflush(1);

    my ($page) = grep { $_->{type} eq 'page' }
                 @{ $self->ask('Target.getTargets')->{targetInfos} };

    $self->{session} = $self->ask('Target.attachToTarget',
                                  { targetId => $page->{targetId},
                                    flatten => JSON::PP::true })->{sessionId};

    $self->ask("$_.enable") for qw( Page Runtime Log Network );

    return $self;
}


sub DESTROY {
    my ($self) = @_;

    return if !$self->{pid};

    local ($?, $!, $@);
    delete $self->{session};
    eval { $self->ask('Browser.close') } or kill TERM => $self->{pid};
    waitpid $self->{pid}, 0;

    # what it has started may still be writing

    for (1 .. 50) {
        remove_tree($self->{profile}, { error => \my $errors });
        last if !-e $self->{profile};
        select undef, undef, undef, 0.1;
    }
}


# the next message

sub message {
    my ($self, $deadline) = @_;

    while ($self->{buffer} !~ /\0/) {
        my $left = $deadline - time;
        my $bits = '';

        vec($bits, fileno $self->{in}, 1) = 1;

        die "the browser is silent\n"
            if $left <= 0 || !select $bits, undef, undef, $left;

        sysread $self->{in}, $self->{buffer}, 65536, length $self->{buffer}
            or die "the browser has ended: " . $self->log . "\n";
    }

    $self->{buffer} =~ s/\A(.*?)\0//s;
    return $Json->decode($1);
}


sub log {
    my ($self) = @_;

    open my $fh, '<', "$self->{profile}/log" or return '';
    local $/;
    return scalar <$fh>;
}


# Sends a command and returns its result.

sub ask {
    my ($self, $method, $params) = @_;

    my $id = ++$self->{id};
    my $deadline = time + $Patience;

    print { $self->{out} } $Json->encode({
        id => $id, method => $method, params => $params // {},
        $self->{session} ? (sessionId => $self->{session}) : () }), "\0";

    while (1) {
        my $message = $self->message($deadline);

        if (!defined $message->{id}) {
            $self->event($message);
            next;
        }

        next if $message->{id} != $id;

        die "$method: $message->{error}{message}\n" if $message->{error};
        return $message->{result};
    }
}


sub event {
    my ($self, $message) = @_;

    push @{ $self->{events} }, $message;

    # somebody else's answer, where the test has given one

    if ($message->{method} eq 'Fetch.requestPaused') {
        my $answer = $self->{answer};
        my $id = ++$self->{id};

        print { $self->{out} } $Json->encode({
            id => $id, method => 'Fetch.fulfillRequest',
            sessionId => $self->{session},
            params => { requestId => $message->{params}{requestId},
                        responseCode => $answer->{status} // 200,
                        responseHeaders => [{ name => 'Content-Type',
                                              value => 'application/json' }],
                        body => MIME::Base64::encode_base64(
                                    $answer->{body}, '') } }), "\0";
    }
}


# From now on requests whose URL matches get this answer.

sub answer {
    my ($self, $pattern, $body, $status) = @_;

    $self->{answer} = { body => $body, status => $status };
    $self->ask('Fetch.enable', { patterns => [{ urlPattern => $pattern }] });
}


# a device: width in pixels, "light" or "dark"

sub device {
    my ($self, $width, $height, $scheme) = @_;

    my $phone = $width < 600;

    $self->ask('Emulation.setDeviceMetricsOverride', {
        width => $width, height => $height,
        deviceScaleFactor => $phone ? 2 : 1,
        mobile => $phone ? JSON::PP::true : JSON::PP::false });
    $self->ask('Emulation.setEmulatedMedia', { features => [
        { name => 'prefers-color-scheme', value => $scheme }] });
}


sub open {
    my ($self, $url) = @_;

    $self->{events} = [];

    my $result = $self->ask('Page.navigate', { url => $url });
    die "$url: $result->{errorText}\n" if $result->{errorText};
}


# the value of an expression in the page

sub value {
    my ($self, $expression) = @_;

    my $result = $self->ask('Runtime.evaluate', {
        expression => $expression, awaitPromise => JSON::PP::true,
        returnByValue => JSON::PP::true });

    die "$expression: "
        . ($result->{exceptionDetails}{exception}{description} // '?') . "\n"
        if $result->{exceptionDetails};

    return $result->{result}{value};
}


# Waits until an expression is true; whether that has happened.

sub await {
    my ($self, $expression, $seconds) = @_;

    my $deadline = time + ($seconds // $Patience / 2);

    until ($self->value($expression)) {
        return 0 if time > $deadline;
        select undef, undef, undef, 0.05;
    }

    return 1;
}


# what the page has complained of since it was opened

sub complaints {
    my ($self) = @_;

    return map {
        my $p = $_->{params};
        $_->{method} eq 'Runtime.exceptionThrown'
            ? $p->{exceptionDetails}{exception}{description} // 'exception'
        : $_->{method} eq 'Log.entryAdded'
            ? "$p->{entry}{text} ($p->{entry}{url})"
        : $_->{method} eq 'Runtime.consoleAPICalled'
            ? 'console: ' . ($p->{args}[0]{value} // '?')
        : ();
    } @{ $self->{events} };
}


# what the page has asked for since it was opened

sub requests {
    my ($self) = @_;

    return map { $_->{params}{request}{url} }
           grep { $_->{method} eq 'Network.requestWillBeSent' }
           @{ $self->{events} };
}


# the page as a PNG, in all its height

sub screenshot {
    my ($self, $file, %options) = @_;

    my $size = $self->ask('Page.getLayoutMetrics')->{cssContentSize};

    my $png = $self->ask('Page.captureScreenshot', {
        format => 'png', captureBeyondViewport => JSON::PP::true,
        clip => { x => 0, y => 0, width => $size->{width},
                  height => $options{height} // $size->{height},
                  scale => $options{scale} // 1 } })->{data};

    CORE::open my $fh, '>:raw', $file or die "$file: $!";
    print {$fh} MIME::Base64::decode_base64($png);
    close $fh or die "$file: $!";
}


1;
