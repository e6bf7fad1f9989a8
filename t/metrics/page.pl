# The page of actor_token_metrics in Chromium: what it shows, that it can be
# read, and that it talks to nobody but the gateway.  Leaves its pictures in
# build/page.

use strict;
use warnings;

use lib 't/lib', 't/10-metrics', 't/80-docs', 't/metrics';

use File::Path qw( make_path );
use JSON::PP ();
use Test::More;

use ActorToken::Browser;
use ActorToken::Mint;
use Docs;
use Figures;
use Metrics;

my $pictures = docs_dir() . '/build/page';
make_path($pictures);

# a name that would be HTML

my $evil = '<img src=x onerror=alert(1)>';

my $port = Metrics::free_port();
my $origin = "http://127.0.0.1:$port";

my $gateway = Metrics->new(port => $port, issuers =>
    Metrics::issuer('acme') . Metrics::issuer('globex')
    . (Metrics::issuer('evil') =~ s/actor_token_issuer evil/actor_token_issuer "$evil"/r));

sub of {
    my ($name, %o) = @_;

    return token(signer => $o{signer} // 'acme',
                 claims => { iss => "https://id.$name.example" });
}

my $browser = ActorToken::Browser->new;

my @devices = map { my $scheme = $_;
                    map { { width => $_->[0], height => $_->[1],
                            scheme => $scheme } }
                        [1280, 900], [390, 844] } qw( light dark );

sub text_of {
    my ($selector) = @_;

    return $browser->value("document.querySelector('$selector').innerText");
}

sub opened {
    my ($polls) = @_;

    $browser->open("$origin/metrics");
    return $browser->await("document.body && document.body.dataset.polls >= "
                           . ($polls // 1));
}


# as it is, with a gateway that has done nothing

$browser->device(1280, 900, 'light');
ok(opened(), 'the page is there');
like(text_of('#attention'), qr/No issuer is in trouble/, 'all is well');
like(text_of('#none'), qr/Nothing was refused/, 'nothing was refused');
is($browser->value("document.querySelectorAll('#issuers tr').length"), 3,
   'all issuers');
is($browser->value("[...document.querySelectorAll('#issuers th')]"
                   . ".map(th => th.textContent).sort()[0]"), $evil,
   'a name is shown as it is');
is($browser->value("document.images.length"), 0, 'and is no HTML');


# things happen, and the page notices by itself

for (1 .. 5) {
    $gateway->get('/t', of('acme'));
    $gateway->get('/t', of('globex', signer => 'p256-forger'));
}

$gateway->get('/t');

ok($browser->await("document.querySelector('#attention').innerText"
                   . ".includes('globex')"),
   'an issuer that is broken comes up');

my $attention = text_of('#attention');

like($attention, qr/Broken\s+globex\s+.*5 tokens.*unknown_key.*Fetch them/s,
     'it says which, why, and what to do');
unlike($attention, qr/acme|img/, 'and none that is well');
like(text_of('#issuers tr:first-child'), qr/^globex\s+Broken/,
     'the broken one comes first');
like(text_of('#reasons tr:first-child'), qr/unknown_key.*\b5\b.*\bglobex$/s,
     'the reason, how often, and of whom');
like(text_of('#tiles'), qr/Accepted\s+5\s.*Refused\s+6\s.*actor\s+5\s.*100%/s,
     'totals');
like($browser->value("document.querySelector('#chart svg')"
                     . ".getAttribute('aria-label')"),
     qr/5 accepted, 6 refused, 0 would/, 'the drawing in words');
is($browser->value("document.querySelectorAll('#chart rect').length > 1"),
   JSON::PP::true, 'and drawn');
like(text_of('#verified'), qr/^ES256\s+5\s/, 'signatures verified');
like(text_of('#cache'), qr/Found\s.*Tokens remembered\s+5\b/s,
     'what the cache remembers');
unlike(text_of('main'), qr/Dry run/, 'no dry run, no column of it');


# a page that has just been opened knows it too

{
    # two minutes later

    my $figures = JSON::PP->new->utf8
                          ->decode($gateway->body('/metrics?format=json'));

    for (@{ $figures->{issuers} }) {
        $_->{last_passed} -= 120 if $_->{name} eq 'globex' && $_->{last_passed};
    }

    $browser->answer('*format=json*',
                     JSON::PP->new->utf8->encode($figures));
    ok(opened(), 'with what the gateway says');
    like(text_of('#attention'),
         qr/Broken\s+globex\s+Refused .* by unknown_key; none was ever accepted/,
         'it tells from the last of each');
    $browser->ask('Fetch.disable');
}


# pausing, and a gateway that is gone

ok(opened(), 'opened again');
$browser->value("document.querySelector('#pause').click()");

my $polls = $browser->value("document.body.dataset.polls");

$browser->value("new Promise(done => setTimeout(done, 6000))");
is($browser->value("document.body.dataset.polls"), $polls, 'paused');

$gateway->stop;
$browser->value("document.querySelector('#pause').click()");
ok($browser->await("!document.querySelector('#trouble').hidden"),
   'no gateway: it says so');
like(text_of('#trouble'), qr/No new figures.*These are of \d\d:\d\d:\d\d/,
     'and of when the figures are');

$gateway->start;
ok($browser->await("document.querySelector('#trouble').hidden"),
   'the gateway is back: so is the page');


# Figures of a gateway that has more to tell.

# the text that is hard to read: its contrast is under 4.5 (WCAG 2, AA)

my $faint = <<'_EOC_';
(() => {
  const rgb = text => text.match(/[\d.]+/g).map(Number);
  const light = c => {
    const [r, g, b] = c.slice(0, 3).map(n => n / 255)
      .map(n => n <= 0.03928 ? n / 12.92
                             : Math.pow((n + 0.055) / 1.055, 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = node => {
    for (let n = node; n; n = n.parentElement) {
      const c = rgb(getComputedStyle(n).backgroundColor);
      if (c.length === 3 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walk = document.createTreeWalker(document.body,
                                         NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !node.getClientRects().length
        || /^(SCRIPT|STYLE|NOSCRIPT)$/.test(node.tagName)) continue;
    seen++;
    const style = getComputedStyle(node);
    const front = rgb(node instanceof SVGElement ? style.fill : style.color);
    const [a, b] = [light(front), light(behind(node))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) {
      found.push(walk.currentNode.data.trim() + ' ' + contrast.toFixed(2));
    }
  }
  if (seen < 50) found.push('only ' + seen + ' texts');
  return found.join('; ');
})()
_EOC_

# what a reader by ear, or by keyboard, would miss

my $mute = <<'_EOC_';
(() => {
  const found = [];
  const all = s => [...document.querySelectorAll(s)];
  if (!document.documentElement.lang) found.push('no language');
  if (all('h1').length !== 1) found.push('not one h1');
  if (!document.querySelector('main')) found.push('no main');
  for (const s of all('section')) {
    const by = s.getAttribute('aria-labelledby');
    if (!s.getAttribute('aria-label')
        && !(by && document.getElementById(by))) found.push('section');
  }
  for (const n of all('button, input')) {
    if (!n.textContent.trim() && !n.labels.length) found.push(n.id);
  }
  for (const t of all('table')) {
    if (!t.querySelectorAll('thead th[scope=col]').length) found.push(t.id);
    for (const r of t.querySelectorAll('tbody tr')) {
      if (!r.querySelector('th[scope=row]')) found.push('row');
    }
  }
  for (const s of all('#chart svg')) {
    if (s.getAttribute('role') !== 'img'
        || !s.getAttribute('aria-label')) found.push('drawing');
  }
  const ids = all('[id]').map(n => n.id);
  if (new Set(ids).size !== ids.length) found.push('an id twice');
  return found.join(', ');
})()
_EOC_

$browser->answer('*format=json*', Figures::text());

my %back;

for my $device (@devices) {
    my $name = "$device->{width}-$device->{scheme}";

    $browser->device(@$device{qw( width height scheme )});
    ok(opened(), "$name - opened");

    is($browser->value('innerWidth'), $device->{width}, "$name - its width");
    is($browser->value('document.documentElement.scrollWidth'),
       $device->{width}, "$name - nothing is wider");
    is($browser->value($faint), '', "$name - all can be read");
    is($browser->value($mute), '', "$name - and heard");

    $browser->value("document.querySelector('details').open = true");
    is($browser->value($faint), '', "$name - the table behind the drawing");
    $browser->value("document.querySelector('details').open = false");

    # as a screen reader has it, be it drawn as a table or as cards

    my %role;
    $role{ $_->{role}{value} }++
        for grep { !$_->{ignored} }
                 @{ $browser->ask('Accessibility.getFullAXTree')->{nodes} };

    cmp_ok($role{row} // 0, '>=', 5 + 11 + 2 + 2, "$name - rows of tables");
    cmp_ok($role{columnheader} // 0, '>=', 5 + 5, "$name - heads of columns");
    cmp_ok($role{rowheader} // 0, '>=', 5 + 11, "$name - heads of rows");

    is(join("\n", $browser->complaints), '', "$name - no complaints");
    is(join(' ', grep { !m{^\Q$origin\E/metrics(?:\?format=json)?$|^data:} }
                      $browser->requests), '',
       "$name - it asks nobody else");

    $back{$name} = $browser->value(
        "getComputedStyle(document.body).backgroundColor");

    my $file = "$pictures/$name.png";

    $browser->screenshot($file);
    cmp_ok(-s $file, '>', 30000, "$name - $file");
}

isnt($back{'1280-dark'}, $back{'1280-light'}, 'dark is not light');

my $issuers = text_of('#issuers');

like($issuers, qr/globex.*1, loaded 2 h ago.*in use for 22 h.*fetch failed 95 s ago, 6 failed/s,
     'an issuer and its keys');
like(text_of('#attention'),
     qr/Broken.*globex.*last accepted 11 min ago.*last fetch of keys failed.*another 22 h/s,
     'what needs attention');
like(text_of('#cache'), qr/94% of 6,422,599.*9,120.*6,260 kB/s, 'the cache');
like(text_of('#verified'), qr/RS256\s+234,614\s+23 \xb5s\s+50 \xb5s/,
     'signatures: how many, how long');
like(text_of('#reasons'), qr/actor_not_allowed\s.*?\s14\s+2,210\s/s,
     'what a dry run would refuse');


# states of keys

for (
    ['no key', { keys => { count => 0 } }, qr/Broken.*There is no key/s],
    ['no key, and none to be had',
     { keys => { count => 0 }, fetches => Figures::fetched(30, 0, 3) },
     qr/Broken.*There is no key.*fetch failed 30 s ago/s],
    ['old keys', { keys => { count => 1, age => 99999, stale_in => 0 } },
     qr/Broken.*too old/s],
    ['a failed fetch',
     { keys => { count => 1, age => 5000, stale_in => 300 },
       fetches => Figures::fetched(60, 0, 1) },
     qr/Check.*failed 60 s ago.*another 5 min/s],
    ['good keys', { keys => { count => 1, age => 5000, stale_in => 300 } },
     qr/No issuer is in trouble/],
) {
    my ($what, $over, $text) = @$_;

    $browser->answer('*format=json*', Figures::text(issuers => [
        Figures::issuers()->[0], { %{ Figures::issuers()->[1] },
                                   fetches => undef, %$over }]));
    opened();
    like(text_of('#attention'), $text, $what);
}


# more issuers than anybody can read

$browser->answer('*format=json*', Figures::text(issuers => [
    @{ Figures::issuers() },
    map { { name => "tenant-$_", passed => $_, delegated => $_,
            rejected => {}, rejected_dry_run => {},
            keys => { count => 1, age => 60 } } } 1 .. 10000]));

ok(opened(), 'ten thousand issuers');
is($browser->value("document.querySelectorAll('#issuers tr').length"), 100,
   'a hundred are shown');
like(text_of('#issuers tr:first-child'), qr/^globex/, 'the broken one among them');

$browser->value("{ const n = document.querySelector('#name');"
                . "n.value = 'NT-7777'; n.oninput(); }");
is($browser->value("document.querySelectorAll('#issuers tr').length"), 1,
   'and any can be found');

# without scripts

$browser->ask('Fetch.disable');
$browser->ask('Emulation.setScriptExecutionDisabled',
              { value => JSON::PP::true });
$browser->open("$origin/metrics");
ok($browser->await("document.querySelector('noscript p')"),
   'without scripts there is a word for it');
like(text_of('noscript'), qr/does not run.*JSON/s,
     'which says where the figures are');
is($browser->value("document.body.dataset.polls ?? 'none'"), 'none',
   'and nothing else happens');

done_testing();
