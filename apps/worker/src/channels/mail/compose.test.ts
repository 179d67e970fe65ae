import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compose } from './compose.ts';
import type { MailFacts } from './mail-facts.ts';

const links = { report: 'https://m.example.com/runs/r1/report?key=k', run: 'https://m.example.com/runs/r1' };
const facts: MailFacts = {
  outcome: 'fail',
  name: 'Marketplace',
  sentence: 'p95 412 ms (wanted < 300 ms)',
  numbers: [
    { label: 'Requests', value: '12 345', change: '' },
    { label: 'p95', value: '412 ms', change: '+38 % since the last good run' },
  ],
  since: '4dce89d1 Faster cart and 4 more',
  change: 'p95 at 100 users is 31 % worse than in the last good run (suspected).',
  firstFailure: 'It first failed in minute 3 of the load, 2 min 10 s in, at 100 users.',
  missed: ['p95 412 ms (wanted < 300 ms)', 'errors 2 % (wanted < 1 %)'],
  topError: { title: '42 × POST /cart: 503', where: 'loadtest/a.test.ts:12:3', sample: 'stack' },
  limit: 'The generator kept up.',
  appLog: ['boom'],
  ran: [{ label: 'Repository', value: 'https://example.com/shop.git' }],
};

test('puts verdict, name and reason into the subject', () => {
  assert.equal(compose(facts, links).subject, 'fail · Marketplace · p95 412 ms (wanted < 300 ms)');
});

test('says the same in text and in HTML', () => {
  const { text, html } = compose(facts, links);
  const said = [
    facts.sentence,
    links.report,
    links.run,
    '412 ms',
    '+38 % since the last good run',
    facts.change,
    facts.firstFailure,
    'errors 2 %',
    facts.topError!.title,
    facts.topError!.where,
    'boom',
    facts.limit,
    'https://example.com/shop.git',
  ];
  for (const what of said) {
    const escaped = what.replaceAll('<', '&lt;');
    assert.ok(text.includes(what), `the text lacks ${what}:\n${text}`);
    assert.ok(html.includes(escaped), `the HTML lacks ${escaped}`);
  }
  assert.doesNotMatch(text, /\n{3}/);
});

test('leaves out what there is not', () => {
  const bare: MailFacts = {
    ...facts,
    outcome: 'error',
    sentence: 'Could not clone.',
    numbers: [],
    change: '',
    firstFailure: '',
    missed: [],
    topError: null,
    limit: '',
    appLog: [],
  };
  const { text, html } = compose(bare, { report: null, run: links.run });
  assert.doesNotMatch(text, /\n{3}|undefined|null|Report/);
  assert.doesNotMatch(html, /undefined|null|Open the report/);
  assert.match(html, /Open the run/);
});

test('shows HTML in names and messages as what it is', () => {
  const { html, text } = compose({ ...facts, name: '<img src=x onerror=alert(1)>' }, links);
  assert.ok(!html.includes('<img'));
  assert.ok(text.includes('<img src=x'));
});

test('keeps the subject on one line', () => {
  const { subject } = compose({ ...facts, name: 'Shop\r\nBcc: eve@example.org' }, links);
  assert.equal(subject, 'fail · Shop Bcc: eve@example.org · p95 412 ms (wanted < 300 ms)');
  assert.equal(compose({ ...facts, sentence: 'x'.repeat(500) }, links).subject.length, 150);
});
