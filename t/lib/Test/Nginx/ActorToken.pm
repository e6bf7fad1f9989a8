package Test::Nginx::ActorToken;

# Test::Nginx::Socket with tokens.  A block that says nothing sends a good
# token to a protected location and expects it to be accepted; a test states
# only in what it differs.
#
# What is sent
#
#     --- claims         members over the defaults of ActorToken::Mint, as
#                        JSON or (with eval) as a hash; "(absent)" removes
#                        one, "now+60" is a time
#     --- jose           likewise, of the JOSE header
#     --- signer         name of the key, or NAME/ALG
#     --- payload        the exact bytes signed instead of the claims
#     --- token          the exact token, made elsewhere
#     --- no_token       nothing is added to the request
#     --- authorization  the whole value of the header; $TOKEN is the token
#
# $TOKEN is replaced in --- more_headers, --- request and --- raw_request as
# well, and then no Authorization is added.
#
# What is configured
#
#     --- issuer         more directives of the default issuer block "acme"
#     --- issuers        all issuer blocks, instead of the default one
#     --- http_config    more of the http block
#     --- policy         directives of "location /t", over policy.conf's
#     --- config         the whole of the server block instead;
#                        "include policy.conf;" has the default policy,
#                        "include rules.conf;" the same without actor_token
#     --- conf_files     (eval) pairs of a name in the configuration folder
#                        and its content, or [content, mode]
#
# A block with none of these is sent to the nginx of the block before it.
# Key files that are named and not written are made from their names: see
# ActorToken::Mint.
#
# What is expected
#
#     --- reason         the reason; "ok" unless said, "-" for none.  Status
#                        and challenge follow from it; no other status has
#                        a challenge
#     --- verdict        $actor_token_status, where it does not follow
#     --- challenge      the whole WWW-Authenticate value, "-" for none
#     --- other_challenge  another module's, beside ours
#     --- challenge_any  one challenge, of printable characters
#     --- vars           lines "name: value": variables in the log phase,
#                        without their prefix
#     --- audit          members of the audit line, as JSON
#     --- logged         fragments of the one rejection line in error.log
#     --- log_lines      how many rejection lines there are
#     --- notice         line by line, fragments of the one notice written when
#                        the configuration is read; "#<" in the configuration
#                        marks the line that it must name
#     --- no_notice      fragments that no such line has
#     --- warning        as --- notice, at level warn
#     --- must_die       the configuration is refused; fragments of the
#                        message, which must name the line marked "#<"
#
# After every request: identity variables are empty unless the token was
# accepted; the audit line is one line of JSON that agrees with them; nothing
# logged holds a segment of the token; nothing is logged at alert or above; and
# no sanitizer has reported anything, in error.log or where its log_path is.

use v5.10.1;

BEGIN {
    $ENV{TEST_NGINX_FORCE_RESTART_ON_TEST} //= 0;
    $ENV{TEST_NGINX_SLEEP} //= 0.003;
}

use Test::Nginx::Socket -Base;

use Cwd ();
use Digest::SHA ();
use File::Basename ();
use JSON::PP ();
use Time::HiRes ();
use version ();

use Test::Base::Filter ();

use ActorToken::Mint;

our @EXPORT = (qw( top_dir module_path challenge_for nginx_has nginx_since
                   run_tests ),
               @ActorToken::Mint::EXPORT);

my $Top = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/../../../..');
my $Module = $ENV{ACTOR_TOKEN_MODULE}
             || "$Top/build/ngx_http_actor_token_module.so";
my $Static = $ENV{ACTOR_TOKEN_STATIC};

my $Json = JSON::PP->new->canonical;

# reason => [status, error]; undef: no challenge, '': one without error code

my %Reason = (
    missing           => [401, ''],
    malformed_request => [400, 'invalid_request'],

    (map { $_ => [401, 'invalid_token'] } qw(
        too_large malformed crit_unsupported type_not_allowed
        algorithm_not_allowed untrusted_issuer unknown_key bad_signature
        binding_unsupported bad_claim claim_missing claim_mismatch expired
        not_yet_valid lifetime_exceeded audience_mismatch tenant_unresolved
        tenant_missing tenant_conflict tenant_not_allowed tenant_mismatch
        actor_malformed chain_too_deep)),

    (map { $_ => [403, undef] } qw(
        actor_missing delegation_forbidden self_delegation actor_not_allowed
        actor_issuer_not_allowed actor_tenant_not_allowed
        requirement_failed)),

    insufficient_scope => [403, 'insufficient_scope'],
    internal_error     => [500, undef],
    keys_unavailable   => [503, undef],
);

# the signature did not hold, or was not looked at

my %Unsigned = map { $_ => 1 } qw(
    missing malformed_request too_large malformed crit_unsupported
    algorithm_not_allowed untrusted_issuer unknown_key bad_signature
    keys_unavailable internal_error);

my @Identity = qw( subject actor actor_issuer actor_tenant chain depth tenant
                   issuer issuer_name audience id client scope expires );

my @Variables = (qw( status reason fingerprint cache_status ), @Identity);

my $LogFormat = "log_format probe escape=json '{\"http_status\":\"\$status\","
                . join(',', map { "\"$_\":\"\$actor_token_$_\"" } @Variables)
                . ",\"audit\":\"\$actor_token_audit\"}';\n";

my $Rules = <<'_EOC_';
actor_token_audience https://api.example.com;
actor_token_tenant acme;
_EOC_

my $Started;

# "eval" sections see the functions of the test file, and fail aloud

sub eval_in_main (@) {
    package main;
    return CORE::eval($_[0]);
}

{
    no warnings 'redefine';

    *Test::Base::Filter::eval = sub {
        my ($filter, $code) = @_;
        my @values = eval_in_main($code);

        die "$@ in:\n$code" if $@;
        return @values;
    };
}


repeat_each(2);
no_shuffle();
no_long_string();
log_level('info');


sub top_dir () {
    return $Top;
}

sub module_path () {
    return $Module;
}

# does the binary have this module: "http_auth_request", "http_v2" ...

sub nginx_has ($) {
    my ($name) = @_;

    state $V = `$Test::Nginx::Util::NginxBinary -V 2>&1`;

    return $V =~ /--with-\Q$name\E/;
}

# is it of this version or newer

sub nginx_since ($) {
    my ($version) = @_;

    state $V = `$Test::Nginx::Util::NginxBinary -v 2>&1`;

    $V =~ m{nginx/([0-9.]+)} or bail_out("no version in $V");
    return version->parse("v$1") >= version->parse("v$version");
}

sub challenge_for ($$) {
    my ($error, $realm) = @_;

    return "Bearer realm=\"$realm\""
           . ($error eq '' ? '' : ", error=\"$error\"");
}

sub read_from ($$) {
    my ($file, $offset) = @_;

    open my $fh, '<:raw', $file or return '';
    seek $fh, $offset, 0;
    local $/;
    return <$fh> // '';
}

# what was written to the file since then, once it has so many lines more

sub await_lines ($$$) {
    my ($file, $offset, $count) = @_;

    my $deadline = Time::HiRes::time() + 5;

    while (1) {
        my $text = read_from($file, $offset);
        my @lines = split /(?<=\n)/, $text;

        return @lines
            if $text =~ /\n\z/ && @lines >= $count
               || Time::HiRes::time() > $deadline;

        Time::HiRes::sleep(0.002);
    }
}

sub size_of ($) {
    my ($file) = @_;

    return -s $file || 0;
}

sub reason_log () {
    return server_root() . '/logs/probe.log';
}

sub error_log_path () {
    return server_root() . '/logs/error.log';
}

# Mints the block's token, once for all repetitions.

sub mint ($) {
    my ($block) = @_;

    return if defined $block->no_token;
    return $block->token =~ s/\n\z//r if defined $block->token;

    my %o = (
        claims  => scalar $block->claims,
        jose    => scalar $block->jose,
        payload => scalar $block->payload,
    );

    chomp(my $signer = $block->signer // 'acme');
    return token(%o, signer => $signer);
}

sub replace_token ($$$) {
    my ($block, $section, $token) = @_;

    my $value = $block->$section;
    return unless defined $value;

    my $found;
    my @values = map {
        my $text = $_;
        $found = 1 if $text =~ s/\$TOKEN\b/$token/g;
        $text;
    } ref $value ? @$value : ($value);

    return unless $found;

    $block->set_value($section, ref $value ? \@values : $values[0]);
    return 1;
}

# expectations that are given once for one request, or as an array

sub each_of ($$) {
    my ($value, $count) = @_;

    my @values = ref $value eq 'ARRAY' ? @$value : ($value) x $count;
    @values = map { defined $_ ? s{\n\z}{}r : undef } @values;
    return @values;
}

# a misspelt section would assert nothing

my %Section = map { $_ => 1 } qw(
    claims jose signer payload token no_token authorization
    issuer issuers no_tenant_rule http_config policy config conf_files
    conf_setup main_config post_main_config user_files restart log_level
    reason verdict challenge challenge_any other_challenge
    vars audit logged logged_level log_lines
    notice no_notice warning must_die
    no_fingerprint no_probe logs_token
    request raw_request pipelined_requests more_headers timeout
    error_code error_code_like response_body response_body_like
    response_body_unlike response_headers response_headers_like
    raw_response_headers_like raw_response_headers_unlike
    error_log no_error_log access_log no_access_log grep_error_log
    grep_error_log_out ignore_response
    tcp_listen tcp_query tcp_query_len tcp_reply http2 skip_eval init);

sub known ($) {
    return $Section{$_[0]};
}

add_block_preprocessor(sub {
    my ($block) = @_;

    for my $section (@{ $block->_section_order }) {
        bail_out($block->name . " - unknown section \"$section\"")
            unless known($section);
    }

    prepare_config($block);

    # nginx shows these on the terminal as well

    if (defined $block->must_die || defined $block->warning) {
        $block->set_value('suppress_stderr', 1);
    }

    return if defined $block->must_die;

    prepare_request($block);
    prepare_expectations($block);
});

sub prepare_config ($) {
    my ($block) = @_;

    my $http = $block->http_config;
    my $config = $block->config;
    my $policy = $block->policy;
    my $issuers = $block->issuers;

    if (!defined $http && !defined $config && !defined $policy
        && !defined $issuers && !defined $block->issuer
        && !defined $block->conf_files && !defined $block->restart && $Started)
    {
        $block->set_value('inherits', 1);
        return;
    }

    $Started = !defined $block->must_die;

    if (!defined $issuers) {
        my $more = $block->issuer // '';

        $issuers = <<"_EOC_";
actor_token_issuer acme {
    issuer https://login.acme.example;
    jwks acme.jwks;
@{[ defined $block->no_tenant_rule ? '' : '    tenant acme;' ]}
$more
}
_EOC_
    }

    if (!defined $config) {
        $policy //= '';
        $config = <<"_EOC_";
include policy.conf;

location /t {
    $policy
    root html;
    try_files /index.html =404;
}
_EOC_
    }

    my $main = $block->main_config // '';

    if (!$Static && $main !~ /ngx_http_actor_token_module/) {
        $main = "load_module $Module;\n$main";
    }

    $http = join "\n", $LogFormat, 'access_log logs/probe.log probe;',
                 $issuers, $http // '';

    my %files = ('policy.conf' => ["actor_token test;\n$Rules", 0644],
                 'rules.conf' => [$Rules, 0644]);
    my @given = @{ $block->conf_files // [] };

    while (my ($name, $content) = splice @given, 0, 2) {
        $files{$name} = ref $content ? $content : [$content, 0644];
    }

    # "listen ... http2" is deprecated, and what replaces it is unknown before

    if (nginx_since('1.25.1')) {
        s/\b(listen [^;]*) http2;/$1; http2 on;/g for $http, $config;
    }

    my $all = join "\n", $http, $config, map { $_->[0] // '' } values %files;

    for my $name ($all =~ m{^[^#\n]*\b(?:jwks|key)\s+([^\s;/"]+\.\w+)}mg) {
        next if $files{$name};
        my ($content, $mode) = file_for($name);
        $files{$name} = [$content, $mode] if defined $content;
    }

    # nginx is started again only for another "config": make it tell

    my $digest = Digest::SHA::sha1_hex(join "\0", $main, $http,
                     ($block->post_main_config // ''),
                     ($block->user_files // ''),
                     map { my $n = $_; map { "$n=$_" }
                           map { $_ // '' } @{ $files{$n} } }
                         sort keys %files);

    $block->set_value('main_config', $main);
    $block->set_value('http_config', $http);
    $block->set_value('config', "# $digest\n$config");

    $block->set_value('files', \%files);
    $block->set_value('post_setup_server_root',
                      'Test::Nginx::ActorToken::write_conf_files($block)');
}

sub write_conf_files ($) {
    my ($block) = @_;

    my $files = $block->files;

    for my $name (keys %$files) {
        my ($content, $mode) = @{ $files->{$name} };
        next unless defined $content;

        my $path = server_root() . "/conf/$name";

        open my $fh, '>:raw', $path or die "$path: $!";
        print $fh $content;
        close $fh;
        chmod $mode // 0644, $path or die "$path: $!";
    }

    if (defined $block->conf_setup) {
        my $dir = server_root() . '/conf';
        eval $block->conf_setup;
        die $@ if $@;
    }
}

sub prepare_request ($) {
    my ($block) = @_;

    my $token = mint($block);
    $block->set_value('the_token', $token);

    if (!defined $block->request && !defined $block->raw_request
        && !defined $block->pipelined_requests)
    {
        $block->set_value('request', 'GET /t');
    }

    my $authorization = $block->authorization;
    chomp $authorization if defined $authorization;

    if (defined $token) {
        my $sent = 0;

        $sent |= replace_token($block, $_, $token) // 0
            for qw( more_headers request raw_request pipelined_requests );

        if (defined $authorization) {
            $authorization =~ s/\$TOKEN\b/$token/g;

        } elsif (!$sent && !defined $block->raw_request) {
            $authorization = "Bearer $token";
        }
    }

    if (defined $authorization) {
        my $headers = $block->more_headers // '';
        my @headers = map { s/\n*\z/\n/r . "Authorization: $authorization\n" }
                          ref $headers ? @$headers : ($headers);

        s/\A\n// for @headers;
        $block->set_value('more_headers',
                          ref $headers ? \@headers : $headers[0]);
    }
}

sub prepare_expectations ($) {
    my ($block) = @_;

    my $requests = $block->pipelined_requests
                   // (ref $block->request eq 'ARRAY' ? $block->request : []);
    my $count = @$requests || 1;
    my $list = @$requests > 1;

    my @reasons = map { $_ eq '-' ? '' : $_ }
                      each_of($block->reason // 'ok', $count);

    for (@reasons) {
        bail_out($block->name . " - unknown reason \"$_\"")
            if $_ ne '' && $_ ne 'ok' && !$Reason{$_};
    }

    $block->set_value('reasons', \@reasons);

    my @verdicts = map { !defined $_ ? undef : $_ eq '-' ? '' : $_ }
                       each_of($block->verdict, $count);

    for (0 .. $#verdicts) {
        $verdicts[$_] //= $reasons[$_] eq ''   ? ''
                        : $reasons[$_] eq 'ok' ? 'PASSED' : 'REJECTED';
    }

    $block->set_value('verdicts', \@verdicts);

    if (!defined $block->error_code && !defined $block->error_code_like) {
        my @codes = map { $verdicts[$_] eq 'REJECTED'
                          ? $Reason{$reasons[$_]}[0] : 200 } 0 .. $#reasons;
        $block->set_value('error_code', $list ? \@codes : $codes[0]);
    }

    my @codes = defined $block->error_code
                ? each_of($block->error_code, $count) : ('') x $count;
    my @given = each_of($block->challenge, $count);
    my @patterns;

    for my $i (0 .. $#reasons) {
        my $challenge = $given[$i];

        if (defined $block->challenge_any) {
            push @patterns, '(?s)\A(?!.*\nWWW-Authenticate:.*\nWWW-Authenticate:)'
                . '(?=.*\nWWW-Authenticate: Bearer [ -~\x80-\xff]+\r?(?:\n|\z))';
            next;
        }

        if (!defined $challenge) {
            my $error = $verdicts[$i] eq 'REJECTED'
                        ? $Reason{$reasons[$i]}[1] : undef;
            $error = '' if $reasons[$i] eq 'requirement_failed'
                           && $codes[$i] == 401;

            # error_page may have made another status of it

            undef $error if defined $error
                            && ($codes[$i] // '') ne ''
                            && $codes[$i] ne $Reason{$reasons[$i]}[0]
                            && $reasons[$i] ne 'requirement_failed';

            if (!defined $error) {
                $challenge = '-';

            } elsif ($reasons[$i] eq 'insufficient_scope') {
                bail_out($block->name . ' - no --- challenge');

            } else {
                $challenge = challenge_for($error, 'test');
            }
        }

        # one expression for "exactly this one" and for "none"

        my $field = '(?i:\nWWW-Authenticate[ \t]*:)';

        if (defined $block->other_challenge) {
            chomp(my $other = $block->other_challenge);
            push @patterns, "\\A(?!.*$field Bearer.*$field Bearer)"
                . "(?=.*$field \Q$challenge\E\\r?(?:\\n|\\z))"
                . "(?=.*$field \Q$other\E\\r?(?:\\n|\\z))";
            next;
        }

        push @patterns, $challenge eq '-'
            ? "\\A(?!.*$field)"
            : "\\A(?!.*$field.*$field)(?=.*$field \Q$challenge\E\\r?(?:\\n|\\z))";
    }

    my @own = each_of($block->raw_response_headers_like, $count);

    for (0 .. $#patterns) {
        $patterns[$_] .= "(?s:(?=.*(?:$own[$_])))" if defined $own[$_];
    }

    $block->set_value('raw_response_headers_like',
                      $list ? \@patterns : $patterns[0])
        unless defined $block->ignore_response;

    my @bad = qw( [alert] [crit] [emerg] );

    if (defined $block->no_error_log) {
        my $more = $block->no_error_log;
        push @bad, ref $more eq 'ARRAY' ? @$more : split /\n+/, $more;
    }

    $block->set_value('no_error_log', \@bad);
}


# checks of ours around Test::Nginx's own

my $RunTestHelperOfSocket = $Test::Nginx::Util::RunTestHelper;

$Test::Nginx::Util::RunTestHelper = sub {
    my ($block, $dry_run, $repetition) = @_;

    return $RunTestHelperOfSocket->(@_) if $dry_run;

    my $probe = size_of(reason_log());
    my $errors = size_of(error_log_path());
    my $access = size_of(server_root() . '/logs/access.log');

    # a log that earlier blocks have written to is read from here on

    if ($block->inherits || $repetition) {
        $Test::Nginx::Util::ErrLogFilePos = $errors;
    }

    $RunTestHelperOfSocket->(@_);

    my $name = $block->name;
    my @reasons = @{ $block->reasons };

    check_notices($block, 'notice', $block->notice);
    check_notices($block, 'warn', $block->warning);

    for my $fragment (split /\n+/, $block->no_notice // '') {
        my @found = grep { /\Q$fragment\E/ } config_lines('notice');
        is("@found", '', "$name - not noticed: $fragment");
    }

    if (!defined $block->no_probe) {
        my @lines = await_lines(reason_log(), $probe, scalar @reasons);

        is(scalar @lines, scalar @reasons, "$name - requests logged");

        for my $i (0 .. $#reasons) {
            check_record($block, $i, $lines[$i]);
        }
    }

    # Test::Nginx looks at access.log only where it looks at the response

    if (defined $block->ignore_response && defined $block->access_log) {
        my $log = server_root() . '/logs/access.log';
        chomp(my $pattern = $block->access_log);

        await_lines($log, $access, 1 + @reasons);
        like(read_from($log, $access), qr/^\Q$pattern\E$/m,
             "$name - access.log has \"$pattern\"");
    }

    check_rejections($block, read_from(error_log_path(), $errors));
    check_sanitizers($block, read_from(error_log_path(), $errors));

    if (!defined $block->logs_token) {
        check_secrecy($block, 'error.log',
                      read_from(error_log_path(), $errors));
        check_secrecy($block, 'access.log',
                      read_from(server_root() . '/logs/access.log', $access)
                      . read_from(reason_log(), $probe));
    }
};

sub check_record ($$$) {
    my ($block, $i, $line) = @_;

    my $name = $block->name;
    my $reason = $block->reasons->[$i];
    my $verdict = $block->verdicts->[$i];
    my $record = eval { $Json->decode($line) } || {};

    is($record->{reason}, $reason, "$name - reason");
    is($record->{status}, $verdict, "$name - verdict");

    if ($reason ne 'ok') {
        is(join('', map { $record->{$_} // '?' } @Identity), '',
           "$name - no identity");

    } else {
        my @empty = grep { ($record->{$_} // '') eq '' }
                         qw( subject chain depth issuer issuer_name
                             expires );
        is("@empty", '', "$name - identity");
    }

    my $token = $block->the_token;

    if (defined $token && !defined $block->no_fingerprint) {
        my %none = map { $_ => 1 } '', qw( missing malformed_request );
        is($record->{fingerprint}, $none{$reason} ? '' : fingerprint($token),
           "$name - fingerprint")
            unless $reason eq 'internal_error';
    }

    if (defined $block->vars) {
        my $vars = $block->vars;
        my @vars = ref $vars eq 'ARRAY' ? split /\n+/, $vars->[$i]
                                        : split /\n+/, $vars;

        for (@vars) {
            my ($key, $value) = /^\s*([\w]+):[ ]?(.*?)\s*$/
                or bail_out("$name - bad line in --- vars: $_");
            is($record->{$key}, $value, "$name - \$actor_token_$key");
        }
    }

    check_audit($block, $i, $record);
}

my %AuditString = map { $_ => 1 } qw(
    time request_id remote_addr host method uri status reason issuer_name
    fingerprint);

sub check_audit ($$$) {
    my ($block, $i, $record) = @_;

    my $name = $block->name;
    my $text = $record->{audit} // '?';
    my $reason = $block->reasons->[$i];

    if ($record->{status} eq '') {
        is($text, '', "$name - no audit line");
        return;
    }

    # the probe is JSON in JSON: characters of the outer are bytes of the inner

    my $audit = eval { JSON::PP->new->utf8->decode($text) };

    if (!defined $audit) {
        fail("$name - audit line is JSON: $@ in $text");
        return;
    }

    my @wrong;

    push @wrong, 'newline' if $text =~ /[\x00-\x1f]/;
    push @wrong, 'length' if length $text > 8192;
    push @wrong, "reason=$audit->{reason}"
        if ($audit->{reason} // '') ne $reason;
    push @wrong, "status=$audit->{status}"
        if ($audit->{status} // '') ne $record->{status};
    push @wrong, "http_status=$audit->{http_status}"
        if ($audit->{http_status} // '') ne $record->{http_status};
    push @wrong, "time=$audit->{time}"
        if ($audit->{time} // '')
           !~ /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:\d\d)$/;
    push @wrong, "request_id=$audit->{request_id}"
        if ($audit->{request_id} // '') !~ /^[0-9a-f]{32}$/;
    push @wrong, "uri=$audit->{uri}"
        if ($audit->{uri} // '?') =~ /\?/;
    push @wrong, "fingerprint"
        if ($audit->{fingerprint} // '') ne $record->{fingerprint};

    for (qw( remote_addr method )) {
        push @wrong, $_ if ($audit->{$_} // '') eq '';
    }

    push @wrong, "accepted"
        if !JSON::PP::is_bool($audit->{accepted})
           || !!$audit->{accepted} != ($reason eq 'ok');

    if ($Unsigned{$reason}) {
        push @wrong, grep { exists $audit->{$_} }
                          qw( iss tenant sub chain aud jti exp );

    } elsif ($reason eq 'ok') {
        push @wrong, 'iss' if ($audit->{iss} // '') ne $record->{issuer};
        push @wrong, 'issuer_name'
            if ($audit->{issuer_name} // '') ne $record->{issuer_name};
        push @wrong, 'exp'
            if int($audit->{exp} // 0) != ($record->{expires} || 0);
    }

    is("@wrong", '', "$name - audit line: $text");

    if (defined $block->audit) {
        my $given = $block->audit;
        my $expected = ref $given eq 'ARRAY' ? $given->[$i] : $given;

        $expected = parse_json($expected);

        for my $member (sort keys %$expected) {
            my ($e, $g) = map {
                exists $_->{$member} ? encode_json_text($_->{$member})
                                     : '"(absent)"'
            } $expected, $audit;

            is($g, $e, "$name - audit $member");
        }
    }
}

sub encode_json_text ($) {
    return JSON::PP->new->canonical->allow_nonref->encode($_[0]);
}

sub check_rejections ($$) {
    my ($block, $text) = @_;

    my $name = $block->name;
    my @lines = grep { /\*\d+ actor token rejected: / } split /\n/, $text;
    my @rejected = grep { $block->verdicts->[$_] eq 'REJECTED' }
                        0 .. $#{ $block->reasons };
    my $expected = $block->log_lines;

    if (!defined $expected) {
        return if grep { /DRY_RUN/ } @{ $block->verdicts };
        $expected = @rejected;
    }

    is(scalar @lines, $expected, "$name - rejections in error.log")
        or diag($text);

    if (@lines == @rejected) {
        for my $i (0 .. $#lines) {
            my $reason = $block->reasons->[$rejected[$i]];
            my $level = $block->logged_level
                        // ($reason eq 'missing' ? 'info' : 'error');

            like($lines[$i],
                 qr/\[$level\] .*actor token rejected: $reason\b/,
                 "$name - logged at $level");
        }
    }

    if (defined $block->logged) {
        for my $fragment (split /\n+/, $block->logged) {
            like($lines[0] // '', qr/\Q$fragment\E/, "$name - logged");
        }
    }
}

# no segment of the token, whole or cut, in what was logged

sub check_secrecy ($$$) {
    my ($block, $file, $text) = @_;

    my $token = $block->the_token;
    return unless defined $token;

    my @found = grep { length >= 16 && index($text, substr $_, 0, 40) >= 0 }
                     split /[^A-Za-z0-9_-]+/, $token;

    is("@found", '', $block->name . " - no token in $file");
}

# what a sanitizer has written since the last look; a report of an nginx that
# has stopped is seen with the next block

sub sanitizer_reports () {
    state %seen;

    my $options = $ENV{ORI_ASAN_OPTIONS} // $ENV{ASAN_OPTIONS} // '';
    my ($path) = $options =~ /\blog_path=([^,:]+)/ or return '';

    return join '', map {
        my $from = $seen{$_} // 0;
        $seen{$_} = size_of($_);
        $seen{$_} > $from ? "$_:\n" . read_from($_, $from) : ();
    } glob "$path*";
}

# reports that were there before

sanitizer_reports();

sub check_sanitizers ($$) {
    my ($block, $log) = @_;

    my $reports = sanitizer_reports();

    if ($log =~ /runtime error: |(?:Address|Leak|UndefinedBehavior)Sanitizer/) {
        $reports .= $log;
    }

    fail($block->name . " - reported by a sanitizer:\n$reports")
        if $reports ne '';
}

sub marked_lines () {
    my @marked;

    for my $file ($Test::Nginx::Util::ConfFile,
                  glob(server_root() . '/conf/*.conf'))
    {
        open my $fh, '<', $file or next;

        while (<$fh>) {
            push @marked, [$file, $.] if /#<\s*$/;
        }
    }

    my %seen;
    return grep { !$seen{"@$_"}++ } @marked;
}

# what was written at this level since nginx has started

sub config_lines ($) {
    my ($level) = @_;

    return grep { /\[$level\]/ } split /\n/, read_from(error_log_path(), 0);
}

sub check_notices ($$$) {
    my ($block, $level, $expected) = @_;

    return if !defined $expected;

    my $name = $block->name;
    my @lines = config_lines($level);
    my @found = @lines;
    my @fragments = split /\n+/, $expected;

    for my $fragment (@fragments) {
        @found = grep { /\Q$fragment\E/ } @found;
    }

    is(scalar @found, 1, "$name - one $level: @fragments")
        or diag(join "\n", grep { !/event method|worker|OS:|built|getrlimit|nginx\/|start/ } @lines);

    for (marked_lines()) {
        my ($file, $n) = @$_;
        ok((grep { /\Q$file\E:$n\b/ } @found), "$name - $level names $file:$n")
            or diag(join "\n", @found);
        last;
    }
}

my $CheckErrorLogOfSocket = $Test::Nginx::Util::CheckErrorLog;

$Test::Nginx::Util::CheckErrorLog = sub {
    my ($block) = @_;

    if (!defined $block->must_die) {
        return $CheckErrorLogOfSocket->(@_);
    }

    my $name = $block->name;
    my $text = read_from(error_log_path(), 0);
    my ($emerg) = reverse grep { /\[emerg\]/ } split /\n/, $text;
    $emerg //= '';

    my @fragments = split /\n+/, $block->must_die;
    bail_out("$name - --- must_die without a message") unless @fragments;

    for my $fragment (@fragments) {
        like($emerg, qr/\Q$fragment\E/, "$name - refused: $fragment");
    }

    for (marked_lines()) {
        my ($file, $n) = @$_;
        like($emerg, qr/ in \Q$file\E:$n(?: \(\d+: [^()]*\))?$/,
             "$name - names $file:$n");
    }

    unlike($text, qr/\[(?:alert|crit)\]/, "$name - nothing worse");
    check_sanitizers($block, $text);
};


# Runs everything; a file that stops half-way has no plan, and fails.

{
    no warnings 'redefine';

    *run_tests = sub () {
        if (!$Static && !-f $Module) {
            bail_out("no module at $Module");
        }

        $Test::Nginx::Util::ServRoot or bail_out('no servroot');
        Test::Nginx::Util::run_tests();
        Test::More::done_testing();
    };
}


1;
