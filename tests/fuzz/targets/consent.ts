import { readFileSync } from 'node:fs';
import { UnreadableConsent } from '@marteau/consent';
import { parseDocument } from '../../../packages/consent/src/document.ts';
import { replyOf } from '../../../packages/consent/src/terms.ts';
import { parseTxt } from '../../../packages/consent/src/txt-record.ts';
import type { Target } from '../target.ts';

const document = new URL('../../formats/consent-1.json', import.meta.url);
const asker = { server: 'https://marteau.example.com', project: 'https://github.com/you/shop' };
const NOW = Date.parse('2026-12-01T09:30:00Z');
const LONGEST_SENTENCE = 1000;

/** What a target says of who may load it, as a file or, where it begins with `v=`, as TXT records, one a line. */
export const target: Target = {
  name: 'consent',
  run(bytes) {
    const text = bytes.toString('utf8');
    try {
      const read = text.startsWith('v=') ? parseTxt(text.split('\n')) : parseDocument(text);
      if (read) replyOf(read, asker, NOW);
    } catch (error) {
      if (!(error instanceof UnreadableConsent)) throw error;
      if (error.message.length > LONGEST_SENTENCE) throw new Error('a sentence that is too long');
    }
  },
  seeds: () => [
    readFileSync(document),
    Buffer.from(
      `v=marteau1; server=${asker.server}; projects=${asker.project}, https://x.example; rate=1.5; users=2; nodes=1; hours=Sat-Mon,Wed 22:00-06:00 America/New_York; until=2027-06-30T12:00:00Z; unmarked=yes; contact=a@b.example\nv=spf1 -all`,
    ),
    ...[
      { hours: '08:00-18:00 Mars/Olympus' },
      { hours: 'Mo-Fr 8-18 UTC' },
      { until: '2026-02-30' },
      { until: 'soon' },
      { rates: 1 },
    ].map((fields) => Buffer.from(JSON.stringify({ v: 1, allow: [{ server: asker.server, ...fields }] }))),
    Buffer.from('\ufeff{"v":2}'),
    Buffer.from('[1]'),
  ],
  dictionary: [
    '"hours":"',
    '"until":"',
    '"projects":["',
    '"server":"',
    '"allow":[{',
    'v=marteau1; ',
    '; hours=',
    '; until=',
  ],
};
