import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayMail } from './may-mail.ts';

const DAY_MS = 86_400_000;
const plain = { domains: [], from: 'marteau@example.com', leaves: true, known: null, now: 10 * DAY_MS };
const asked = (state: 'asked' | 'confirmed' | 'stopped', days: number) => ({
  known: { state, at: (10 - days) * DAY_MS },
});

for (const [what, address, more, expected] of [
  ['the own domain', 'ana@example.com', {}, 'send'],
  ['a subdomain of it', 'ana@mail.example.com', {}, 'send'],
  ['a stranger', 'ana@elsewhere.org', {}, 'ask'],
  ['one that looks like us', 'ana@evil-example.com', {}, 'ask'],
  ['one who was just asked', 'ana@elsewhere.org', asked('asked', 1), 'later'],
  ['one who never answered', 'ana@elsewhere.org', asked('asked', 4), 'refused'],
  ['one who said yes', 'ana@elsewhere.org', asked('confirmed', 9), 'send'],
  ['one who said no', 'ana@elsewhere.org', asked('stopped', 9), 'refused'],
  ['one of our own who said no', 'ana@example.com', asked('stopped', 9), 'refused'],
  ['a named domain', 'ana@elsewhere.org', { domains: ['elsewhere.org'] }, 'send'],
  ['the own domain beside named ones', 'ana@example.com', { domains: ['elsewhere.org'] }, 'send'],
  ['a stranger where domains are named', 'ana@third.org', { domains: ['elsewhere.org'] }, 'refused'],
  ['anybody, into the outbox', 'ana@elsewhere.org', { leaves: false }, 'send'],
] as const)
  test(`${what}: ${expected}`, () => {
    const leave = mayMail({ name: '', address }, { ...plain, ...more });
    assert.equal(typeof leave === 'string' ? leave : leave.outcome, expected);
  });
