(function () {
'use strict';

// how often to ask, in ms, and what "now" means: minutes of memory
const EVERY = 5000;
const EVERY_LARGE = 30000;
const LARGE = 500;
const MEMORY = 300;
const STEP = 15;
const ROWS = 100;
const URGENT = 8;

// reason: what to do about it, and whether the issuer's keys are in doubt
const REASONS = {
  missing: 'The client must send a token.',
  malformed_request: 'Mend the client: one token after Bearer.',
  too_large: 'Fewer claims, or a higher actor_token_max_size.',
  malformed: 'Look at what the client sends: opaque, encrypted, cut?',
  crit_unsupported: 'Turn this extension off at the issuer.',
  type_not_allowed: 'An ID token? Mend the client; or add the type.',
  algorithm_not_allowed: 'Name the algorithm, if the issuer uses it.',
  untrusted_issuer: 'Compare iss in the error log with issuer.',
  unknown_key: 'Has the issuer new keys? Fetch them.',
  bad_signature: 'Forged, or made with a key that is not here.',
  binding_unsupported: 'Ask the issuer for a bearer token.',
  bad_claim: 'Mend the issuer; the error log names the claim.',
  claim_missing: 'Have the issuer add the claim.',
  claim_mismatch: 'Is this kind of token meant? Add the value.',
  expired: 'A new token; if all are expired, see the clocks.',
  not_yet_valid: 'See the clocks; leeway is for seconds.',
  lifetime_exceeded: 'Shorter at the issuer, or raise max_lifetime.',
  audience_mismatch: 'The token is for another service.',
  tenant_unresolved: 'Add the host to the map, if it is a customer\'s.',
  tenant_missing: 'Have the issuer add the tenant claim.',
  tenant_conflict: 'Never genuine. Ask the issuer.',
  tenant_not_allowed: 'Add it to tenants, if it is a customer.',
  tenant_mismatch: 'A token at the wrong host, or somebody tries.',
  actor_malformed: 'Mend the issuer.',
  chain_too_deep: 'Look at the chain; raise the limit if it is meant.',
  actor_missing: 'The client must use a delegated token.',
  delegation_forbidden: 'Send delegated requests elsewhere.',
  self_delegation: 'Mend the issuer: this is not delegation.',
  actor_not_allowed: 'Add the actor, if it may act here.',
  actor_issuer_not_allowed: 'Add to actor_issuers whose actors may act.',
  actor_tenant_not_allowed: 'Name the tenant in actor_token_federation.',
  insufficient_scope: 'The client must ask for the scope.',
  requirement_failed: 'See what actor_token_require computes.',
  keys_unavailable: 'The issuer\'s keys cannot be fetched.',
  internal_error: 'The lines before it in the error log tell why.'
};

const OF_KEYS = ['unknown_key', 'bad_signature', 'keys_unavailable'];

const STATES = [
  { name: 'Idle', style: 'idle' },
  { name: 'Good', style: 'good' },
  { name: 'Check', style: 'warn' },
  { name: 'Broken', style: 'bad' }
];

let paused = false;
let timer = null;
let last = null;
let memory = [];
let polls = 0;
let busy = false;


// the document

function id(name) {
  return document.getElementById(name);
}

function fill(node, children) {
  for (const child of children) {
    if (child !== null && child !== undefined && child !== '') {
      node.append(child);
    }
  }
  return node;
}

function make(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const key in attributes) {
    node.setAttribute(key, attributes[key]);
  }
  return fill(node, children);
}

function draw(name, attributes, ...children) {
  const node =
    document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const key in attributes) {
    node.setAttribute(key, attributes[key]);
  }
  return fill(node, children);
}

function cell(name, label, style, ...children) {
  const attributes = { role: name === 'th' ? 'rowheader' : 'cell' };
  if (name === 'th') {
    attributes.scope = 'row';
  }
  if (label) {
    attributes['data-label'] = label;
  }
  if (style) {
    attributes.class = style;
  }
  return make(name, attributes, ...children);
}

function badge(level) {
  const state = STATES[level];
  return make('span', { class: 'badge ' + state.style }, state.name);
}

function small(text) {
  return make('div', { class: 'muted small' }, text);
}


// numbers and times

function count(n) {
  return n.toLocaleString('en');
}

function rate(n) {
  const digits = n >= 100 || n === 0 ? 0 : n >= 1 ? 1 : 2;
  return n.toLocaleString('en', { minimumFractionDigits: digits,
                                  maximumFractionDigits: digits }) + '/s';
}

function percent(part, all) {
  const n = 100 * part / all;
  return n > 0 && n < 1 ? 'under 1%'
       : n > 99 && n < 100 ? 'over 99%' : Math.round(n) + '%';
}

function span(seconds) {
  const s = Math.max(0, Math.round(seconds));
  return s < 120 ? s + ' s'
       : s < 7200 ? Math.floor(s / 60) + ' min'
       : s < 172800 ? Math.floor(s / 3600) + ' h'
       : Math.floor(s / 86400) + ' days';
}

function ago(t, now) {
  return now - t < 2 ? 'now' : span(now - t) + ' ago';
}

function micros(seconds) {
  const us = seconds * 1e6;
  return us < 1000 ? us.toLocaleString('en', { maximumFractionDigits:
                                               us < 10 ? 1 : 0 }) + ' \u00b5s'
       : (us / 1000).toLocaleString('en', { maximumFractionDigits: 1 })
         + ' ms';
}

function clock(t, seconds) {
  return new Date(t * 1000).toLocaleTimeString('en-GB',
    { hour: '2-digit', minute: '2-digit',
      second: seconds ? '2-digit' : undefined });
}

function day(t) {
  return new Date(t * 1000).toLocaleString('en-GB',
    { day: 'numeric', month: 'short', year: 'numeric',
      hour: '2-digit', minute: '2-digit' });
}

function bytes(n) {
  return n < 10240 ? count(n) + ' B'
       : n < 10485760 ? count(Math.round(n / 1024)) + ' kB'
       : count(Math.round(n / 1048576)) + ' MB';
}

function sum(counters) {
  return Object.values(counters).reduce((all, n) => all + n, 0);
}


// what has happened within the last minutes, as far as this page knows

function digest(data) {
  const issuers = new Map();
  for (const issuer of data.issuers) {
    issuers.set(issuer.name, { passed: issuer.passed,
                               rejected: issuer.rejected,
                               dry: issuer.rejected_dry_run });
  }
  return { time: data.time, since: data.since, issuers: issuers };
}

function remember(data) {
  const now = digest(data);
  if (memory.length && memory[0].since !== now.since) {
    memory = [];
  }
  while (memory.length > 1 && memory[1].time <= now.time - MEMORY) {
    memory.shift();
  }
  if (!memory.length
      || now.time - memory[memory.length - 1].time >= STEP) {
    memory.push(now);
  }
  return memory[0];
}

function less(now, before) {
  const result = {};
  for (const key in now) {
    const n = now[key] - (before && before[key] || 0);
    if (n > 0) {
      result[key] = n;
    }
  }
  return result;
}

function recent(issuer, start) {
  const before = start.issuers.get(issuer.name);
  return { passed: issuer.passed - (before ? before.passed : 0),
           rejected: less(issuer.rejected, before && before.rejected),
           dry: less(issuer.rejected_dry_run, before && before.dry) };
}


// an issuer's state: { level, text }, the worst that there is to say

function keys_state(issuer, now) {
  const keys = issuer.keys;
  const fetches = issuer.fetches;
  const failed = fetches && !fetches.last_ok;
  if (keys && keys.count === 0) {
    return { level: 3, text: 'There is no key: every token is refused.'
             + (failed ? ' The last fetch failed '
                         + ago(fetches.last, now) + '.' : '') };
  }
  if (keys && keys.stale_in !== undefined && keys.stale_in <= 0) {
    return { level: 3, text: 'The keys are too old to be used.' };
  }
  if (failed) {
    return { level: 2, text: 'The last fetch of keys failed '
             + ago(fetches.last, now) + '.'
             + (keys && keys.stale_in !== undefined
                ? ' The old ones are used for another '
                  + span(keys.stale_in) + '.' : '') };
  }
  return null;
}

function most(counters) {
  let best = null;
  for (const key in counters) {
    if (best === null || counters[key] > counters[best]) {
      best = key;
    }
  }
  return best;
}

function refusals_state(issuer, lately, now) {
  const refused = sum(lately.rejected) + sum(lately.dry);
  const all = Object.assign({}, lately.rejected);
  for (const key in lately.dry) {
    all[key] = (all[key] || 0) + lately.dry[key];
  }
  const reason = most(all);
  const doubt = sum(Object.fromEntries(
    OF_KEYS.filter(key => all[key]).map(key => [key, all[key]])));

  if (refused >= 3 && lately.passed === 0) {
    return { level: doubt * 2 >= refused || !issuer.last_passed ? 3 : 2,
             text: 'All ' + count(refused) + ' tokens of the last minutes'
             + ' are refused, most by ' + reason + '. '
             + (REASONS[reason] || '') };
  }
  if (refused >= 5 && refused * 5 >= refused + lately.passed) {
    return { level: 2, text: percent(refused, refused + lately.passed)
             + ' of the last minutes are refused, most by ' + reason + '. '
             + (REASONS[reason] || '') };
  }

  // the page has just been opened, and knows only the last of each

  if (issuer.last_rejected && now - issuer.last_rejected < 600
      && issuer.last_rejected - (issuer.last_passed || 0) > 60
      && !lately.passed) {
    const text = 'Refused ' + ago(issuer.last_rejected, now) + ' by '
      + issuer.last_reason + '; '
      + (issuer.last_passed ? 'last accepted ' + ago(issuer.last_passed, now)
                            : 'none was ever accepted') + '. '
      + (REASONS[issuer.last_reason] || '');
    return { level: OF_KEYS.includes(issuer.last_reason) ? 3 : 2,
             text: text };
  }
  return null;
}

function state(issuer, lately, now) {
  const all = [keys_state(issuer, now)];
  if (issuer.name !== '') {
    all.push(refusals_state(issuer, lately, now));
  }
  const found = all.filter(one => one).sort((a, b) => b.level - a.level);
  if (found.length) {
    return { level: found[0].level,
             text: found.map(one => one.text).join(' ') };
  }
  return { level: issuer.last_passed || issuer.last_rejected ? 1 : 0,
           text: '' };
}


// parts of the page

function show_attention(rows) {
  const bad = rows.filter(row => row.state.level >= 2);
  const items = bad.slice(0, URGENT).map(row =>
    make('li', {}, badge(row.state.level),
         make('b', {}, row.issuer.name), make('span', {}, row.state.text)));

  if (bad.length > items.length) {
    items.push(make('li', { class: 'muted' },
      'and ' + count(bad.length - items.length) + ' more, below'));
  }
  if (!bad.length) {
    items.push(make('li', {}, badge(1),
      make('span', {}, 'No issuer is in trouble.')));
  }

  // a screen reader says what is new, and only that

  const list = id('attention');
  const text = items.map(item => item.textContent).join('\n');
  if (list.dataset.text !== text) {
    list.dataset.text = text;
    list.replaceChildren(...items);
  }
}

function show_tiles(data, rows) {
  const now = { passed: 0, delegated: 0, rejected: 0, dry: 0 };

  for (const row of rows) {
    now.passed += row.issuer.passed;
    now.delegated += row.issuer.delegated;
    now.rejected += sum(row.issuer.rejected);
    now.dry += sum(row.issuer.rejected_dry_run);
  }

  const from = Math.max(data.since, data.time - MEMORY);
  const speed = k => rate(data.periods.filter(p => p[0] >= from)
    .reduce((n, p) => n + p[k], 0) / Math.max(1, data.time - from))
    + ' lately';
  const tile = (style, title, n, text) =>
    make('div', { class: 'tile ' + style }, make('span', {}, title),
         make('b', {}, count(n)), small(text));

  const tiles = [
    tile('passed', 'Accepted', now.passed, speed(1)),
    tile('rejected', 'Refused', now.rejected, speed(2))
  ];

  if (now.dry) {
    tiles.push(tile('dry', 'Would be refused', now.dry,
                    speed(3) + ', dry run'));
  }
  tiles.push(tile('', 'With an actor', now.delegated,
    now.passed ? percent(now.delegated, now.passed) + ' of the accepted'
               : '\u00a0'));

  id('tiles').replaceChildren(...tiles);
}

function show_issuers(rows, now) {
  const wanted = id('name').value.trim().toLowerCase();
  const named = rows.filter(row => row.issuer.name !== '');
  const found = named.filter(row =>
    row.issuer.name.toLowerCase().includes(wanted));

  id('filter').hidden = named.length <= 10;
  id('shown').textContent = found.length > ROWS
    ? 'the first ' + ROWS + ' of ' + count(found.length) : '';
  id('issuers').replaceChildren(
    ...found.slice(0, ROWS).map(row =>
      issuer_row(row, now, named.indexOf(row) >= URGENT)));
}

function issuer_row(row, now, explain) {
  const issuer = row.issuer;
  const refused = sum(issuer.rejected);
  const dry = sum(issuer.rejected_dry_run);

  return make('tr', { role: 'row' },
    cell('th', '', '', issuer.name,
         explain && row.state.text ? small(row.state.text) : ''),
    cell('td', '', '', badge(row.state.level)),
    cell('td', 'Accepted', 'n', count(issuer.passed),
         issuer.last_passed ? small(ago(issuer.last_passed, now)) : ''),
    cell('td', 'Refused', 'n', count(refused),
         dry ? small('dry run ' + count(dry)) : ''),
    cell('td', issuer.last_rejected ? 'Last refusal' : '', '',
         issuer.last_rejected ? make('code', {}, issuer.last_reason) : '',
         issuer.last_rejected ? small(ago(issuer.last_rejected, now)) : ''),
    cell('td', 'Keys', '', ...keys_text(issuer, now)));
}

function keys_text(issuer, now) {
  const keys = issuer.keys;
  const fetches = issuer.fetches;
  const lines = [];

  if (keys) {
    lines.push(keys.count === 0 ? 'none'
             : count(keys.count) + ', loaded ' + ago(now - keys.age, now));
    if (keys.stale_in !== undefined) {
      lines.push(small(keys.stale_in > 0
        ? 'in use for ' + span(keys.stale_in) + ' at least' : 'given up'));
    }
  }
  if (fetches) {
    lines.push(small((fetches.last_ok ? 'fetched ' : 'fetch failed ')
                     + ago(fetches.last, now)
                     + (fetches.failed ? ', ' + count(fetches.failed)
                                         + ' failed so far' : '')));
  }
  return lines;
}

function show_reasons(rows, lately) {
  const reasons = new Map();
  const one = reason => {
    if (!reasons.has(reason)) {
      reasons.set(reason, { refused: 0, dry: 0, lately: 0, from: {} });
    }
    return reasons.get(reason);
  };

  for (const row of rows) {
    const from = row.issuer.name || 'no known issuer';
    for (const reason in row.issuer.rejected) {
      const n = row.issuer.rejected[reason];
      one(reason).refused += n;
      one(reason).from[from] = (one(reason).from[from] || 0) + n;
    }
    for (const reason in row.issuer.rejected_dry_run) {
      const n = row.issuer.rejected_dry_run[reason];
      one(reason).dry += n;
      one(reason).from[from] = (one(reason).from[from] || 0) + n;
    }
    for (const reason in row.lately.rejected) {
      one(reason).lately += row.lately.rejected[reason];
    }
    for (const reason in row.lately.dry) {
      one(reason).lately += row.lately.dry[reason];
    }
  }

  const sorted = [...reasons].sort((a, b) =>
    b[1].lately - a[1].lately
    || b[1].refused + b[1].dry - a[1].refused - a[1].dry);
  const top = Math.max(1, ...sorted.map(r => Math.max(r[1].refused,
                                                      r[1].dry)));

  id('none').hidden = sorted.length > 0;
  id('reasons').parentNode.hidden = sorted.length === 0;
  id('reasons').parentNode.classList.toggle('earnest',
    !sorted.some(([name, r]) => r.dry));
  id('reasons').replaceChildren(
    ...sorted.map(([name, r]) => reason_row(name, r, top, lately)));
}

function reason_row(name, r, top, lately) {
  const bar = (style, n) => {
    const node = make('div', { class: 'bar ' + style });
    node.style.width = Math.max(2, 100 * n / top) + '%';
    return n ? node : '';
  };

  return make('tr', { role: 'row' },
    cell('th', '', 'whole', make('code', {}, name),
         small(REASONS[name] || '')),
    cell('td', 'Refused', 'n third', count(r.refused),
         bar('rejected', r.refused)),
    cell('td', 'Dry run', 'n third of-dry', count(r.dry),
         bar('dry', r.dry)),
    cell('td', 'Lately', 'n third', lately ? count(r.lately) : '\u2013'),
    cell('td', 'Most of them from', 'whole', most(r.from)));
}

function show_cache(data) {
  const cache = data.cache;
  id('s-cache').hidden = !cache;
  if (!cache) {
    return;
  }

  const asked = cache.hits + cache.misses;
  const rows = [
    ['Found', asked ? percent(cache.hits, asked) + ' of ' + count(asked)
                    : 'nothing was asked'],
    ['Tokens remembered', count(cache.entries)],
    ['Memory', bytes(cache.bytes)],
    ['Forgotten for lack of room', count(cache.evictions)]
  ];
  id('cache').replaceChildren(...rows.flatMap(row =>
    [make('dt', {}, row[0]), make('dd', {}, row[1])]));
}

function show_verified(data) {
  id('s-verified').hidden = !data.verifications.length;
  id('verified').replaceChildren(...data.verifications.map(v => {
    const all = sum(v.buckets);
    let n = 0;
    let bound = 'over ' + micros(data.bounds[data.bounds.length - 1]);
    for (let i = 0; i < data.bounds.length; i++) {
      n += v.buckets[i];
      if (n >= all * 0.99) {
        bound = micros(data.bounds[i]);
        break;
      }
    }
    return make('tr', {}, make('th', { scope: 'row' }, v.algorithm),
                make('td', { class: 'n' }, count(all)),
                make('td', { class: 'n' }, micros(v.seconds / all)),
                make('td', { class: 'n' }, bound));
  }));
}


// decisions over time: what is refused has a scale of its own

function periods_of(data) {
  const all = [];
  const known = new Map(data.periods.map(p => [p[0], p]));
  const end = Math.floor(data.time / data.period) * data.period;
  for (let i = 119; i >= 0; i--) {
    const t = end - i * data.period;
    const p = known.get(t) || [t, 0, 0, 0];

    // the last one has not ended

    const seconds = i ? data.period
                      : Math.max(1, Math.min(data.period, data.time - t));
    all.push({ time: t, passed: p[1] / seconds, rejected: p[2] / seconds,
               dry: p[3] / seconds, counts: p.slice(1) });
  }
  return all;
}

function nice(n) {
  const unit = Math.pow(10, Math.floor(Math.log10(n)));
  return [1, 2, 5, 10].map(k => k * unit).find(k => k >= n);
}

function show_chart(data) {
  const box = id('chart');
  const width = Math.max(280, box.clientWidth);
  const left = 46;
  const height = 90;
  const gap = 30;
  const all = periods_of(data);
  const step = (width - left) / all.length;
  const svg = draw('svg', { viewBox: '0 0 ' + width + ' '
                            + (2 * height + 2 * gap + 18),
                            height: 2 * height + 2 * gap + 18,
                            role: 'img' });
  const panels = [
    { title: 'Accepted per second', of: ['passed'], top: gap },
    { title: 'Refused per second', of: ['rejected', 'dry'],
      top: 2 * gap + height }
  ];

  for (const panel of panels) {
    draw_panel(svg, panel, all, { left, width, height, step });
  }

  const bottom = 2 * (gap + height);
  for (let i = 0; i < all.length; i++) {
    if (all[i].time % (width < 500 ? 1800 : 900) === 0) {
      const x = left + i * step;
      draw_line(svg, 'grid', x, gap, x, bottom);
      svg.append(draw('text', { x: x, y: bottom + 15, 'text-anchor':
                                x > width - 20 ? 'end' : 'middle' },
                      clock(all[i].time)));
    }
  }

  const cursor = draw_line(svg, 'cursor', -9, gap, -9, bottom);
  readout(all, null);
  svg.onpointermove = event => {
    const x = event.clientX - svg.getBoundingClientRect().left - left;
    const i = Math.floor(x / step);
    if (all[i]) {
      cursor.setAttribute('x1', left + (i + 0.5) * step);
      cursor.setAttribute('x2', left + (i + 0.5) * step);
      readout(all, all[i]);
    }
  };
  svg.onpointerleave = () => {
    cursor.setAttribute('x1', -9);
    cursor.setAttribute('x2', -9);
    readout(all, null);
  };

  const total = k => all.reduce((n, p) => n + p.counts[k], 0);
  svg.setAttribute('aria-label', 'Decisions of the last hour: '
    + count(total(0)) + ' accepted, ' + count(total(1)) + ' refused, '
    + count(total(2)) + ' would be refused.');
  box.replaceChildren(svg);
  show_periods(all);
}

function draw_line(svg, style, x1, y1, x2, y2) {
  const line = draw('line', { class: style, x1, y1, x2, y2 });
  svg.append(line);
  return line;
}

function draw_panel(svg, panel, all, size) {
  const highest = Math.max(...all.map(p =>
    panel.of.reduce((n, key) => n + p[key], 0)));
  const top = highest ? nice(highest) : 1;
  const base = panel.top + size.height;

  svg.append(draw('text', { x: 0, y: panel.top - 14 }, panel.title));
  for (const part of [0.5, 1]) {
    const y = base - part * size.height;
    draw_line(svg, 'grid', size.left, y, size.width, y);
    svg.append(draw('text', { x: size.left - 6, y: y + 4,
                              'text-anchor': 'end' },
                    (top * part).toLocaleString('en',
                      { maximumSignificantDigits: 3 })));
  }

  all.forEach((p, i) => {
    let y = base;
    for (const key of panel.of) {
      const h = p[key] ? Math.max(1, size.height * p[key] / top) : 0;
      if (h) {
        y -= h;
        svg.append(draw('rect', { class: key, y: y, height: h,
                                  x: size.left + i * size.step,
                                  width: Math.max(1, size.step - 1) }));
      }
    }
  });
  draw_line(svg, 'axis', size.left, base, size.width, base);
}

function readout(all, p) {
  const part = (style, text) => make('span', { class: 'item' },
    make('span', { class: 'key ' + style }), text);
  const value = (name, key) => name + (p ? ' ' + rate(p[key]) : '');
  id('readout').replaceChildren(
    part('passed', value('accepted', 'passed')),
    part('rejected', value('refused', 'rejected')),
    part('dry', value('would be refused (dry run)', 'dry')),
    p ? 'at ' + clock(p.time, true) : '');
}

function show_periods(all) {
  const rows = [];
  for (let i = all.length; i > 0; i -= 10) {
    const part = all.slice(Math.max(0, i - 10), i);
    const total = k => count(part.reduce((n, p) => n + p.counts[k], 0));
    rows.push(make('tr', {},
      make('th', { scope: 'row' }, clock(part[0].time, true)),
      ...[0, 1, 2].map(k => make('td', { class: 'n' }, total(k)))));
  }
  id('periods').replaceChildren(...rows);
}


// the whole

function show() {
  const data = last;
  const start = remember(data);
  const rows = data.issuers.map(issuer => {
    const lately = recent(issuer, start);
    return { issuer, lately, state: state(issuer, lately, data.time) };
  });

  rows.sort((a, b) => b.state.level - a.state.level
    || sum(b.lately.rejected) - sum(a.lately.rejected)
    || (a.issuer.name < b.issuer.name ? -1 : 1));

  show_attention(rows);
  show_tiles(data, rows);
  show_chart(data);
  show_issuers(rows, data.time);
  show_reasons(rows, data.time - start.time >= 1);
  show_cache(data);
  show_verified(data);

  id('since').textContent = 'Counted since ' + day(data.since)
    + ', over reloads of nginx. "Lately" is at most ' + span(MEMORY)
    + ', and for reasons and issuers since this page was opened.';
}

async function poll() {
  clearTimeout(timer);
  timer = null;
  if (busy) {
    return;
  }
  busy = true;

  const abort = new AbortController();
  const limit = setTimeout(() => abort.abort(), 20000);

  try {
    const answer = await fetch('?format=json', { signal: abort.signal,
                                                 cache: 'no-store' });
    if (!answer.ok) {
      throw new Error('the server answers ' + answer.status);
    }
    last = await answer.json();
    id('trouble').hidden = true;
    show();
    id('updated').textContent = 'Updated ' + clock(last.time, true);
    document.body.dataset.polls = ++polls;
  } catch (error) {
    id('trouble').textContent = 'No new figures: '
      + (error.name === 'AbortError' ? 'no answer within 20 s'
                                     : error.message) + '.'
      + (last ? ' These are of ' + clock(last.time, true) + '.' : '');
    id('trouble').hidden = false;
  } finally {
    clearTimeout(limit);
    busy = false;
    later();
  }
}

function later() {
  if (!paused && !document.hidden && timer === null) {
    timer = setTimeout(poll, last && last.issuers.length > LARGE
                             ? EVERY_LARGE : EVERY);
  }
}

id('where').textContent = location.host;

id('pause').onclick = () => {
  paused = !paused;
  id('pause').textContent = paused ? 'Go on' : 'Pause';
  id('pause').setAttribute('aria-pressed', String(paused));
  clearTimeout(timer);
  timer = null;
  if (!paused) {
    poll();
  }
};

id('name').oninput = () => {
  if (last) {
    show();
  }
};

document.onvisibilitychange = () => {
  if (!document.hidden && !paused) {
    poll();
  }
};

new ResizeObserver(() => {
  if (last) {
    show_chart(last);
  }
}).observe(id('chart'));

poll();
}());
