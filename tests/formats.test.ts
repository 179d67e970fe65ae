import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseDocument } from '@marteau/consent';
import { parseFile } from '@marteau/file';
import { Measurements } from '@marteau/measure';
import { readTape } from '@marteau/replay';
import { readResults } from '@marteau/report/schema';
import {
  RunEvent,
  readAcceptance,
  readBisect,
  readConfirmation,
  readRecord,
  readRunRecord,
} from '@marteau/shared';
import {
  AuditEntry,
  BIN_FORMAT,
  BLOCK_FORMAT,
  HOOK_FORMAT,
  KEY_FORMAT,
  MAILBOX_FORMAT,
  NOTES_FORMAT,
  openingSecrets,
  PERSON_FORMAT,
  PROJECT_FORMAT,
  projectId,
  SCHEDULES_FORMAT,
  SECRETS_FORMAT,
  TEAM_FORMAT,
} from '@marteau/store';
import Value from 'typebox/value';

const root = join(import.meta.dirname, '..');
const examples = join(import.meta.dirname, 'formats');

type Read = (text: string, path: string) => unknown;

/** Examples of each row of docs/formats.md, by how they are read. Rows without an example are what other tests hold. */
const formats: Record<string, { examples: string[]; read: Read } | { heldBy: string }> = {
  'run.json': {
    examples: ['run-1.json', 'run-2.json'],
    read(text) {
      const run = readRunRecord(text, 'r1');
      assert.deepEqual([run.v, run.kind, run.trigger], [2, 'normal', 'api']);
      assert.deepEqual(
        run.deliveries.map(({ kind, to, state }) => [kind, to, state]),
        ['ana@example.com', 'team@example.com'].map((to) => ['mail', to, 'waiting']),
      );
    },
  },
  'bisect.json': {
    examples: ['bisect-1.json'],
    read: (text) => assert.equal(readBisect(text, 'r1m8mzc8ax8qxvvf3bj').state, 'found'),
  },
  'profile.folded': { heldBy: 'packages/run/src/around/app/profile/fold.test.ts' },
  'confirmation.json': {
    examples: ['confirmation-1.json', 'confirmation-of-a-pull-1.json'],
    read: (text) => readConfirmation(text, 'r1'),
  },
  'accepted.json': { examples: ['accepted-1.json'], read: (text) => readAcceptance(text, 'r1') },
  'results.json': { examples: ['results-1.json'], read: (text) => readResults(text) },
  measurements: {
    examples: ['measurements-1.json'],
    read: (text) => assert.ok(Value.Check(Measurements, JSON.parse(text))),
  },
  'events.ndjson': {
    examples: ['events.ndjson'],
    read(text) {
      for (const line of text.trim().split('\n')) assert.ok(Value.Check(RunEvent, JSON.parse(line)[1]), line);
    },
  },
  'histograms.hlog': {
    examples: ['histograms.hlog'],
    read: (text) => assert.match(text, /^#\[Histogram log format version 1\.3\]$/m),
  },
  '.marteau.yml': {
    examples: ['../../.marteau.yml.example'],
    read: (text) => assert.deepEqual(parseFile(text).problems, []),
  },
  tape: {
    examples: ['tape.rec', 'tape.har'],
    read: (_, path) => assert.equal(readTape(path).exchanges[0]?.answer?.status, 200),
  },
  mailbox: {
    examples: ['mailbox-1.json'],
    read: (text) => assert.equal(readRecord(text, MAILBOX_FORMAT, 'it').state, 'stopped'),
  },
  hook: {
    examples: ['hook-1.json'],
    read(text) {
      const hook = readRecord(text, HOOK_FORMAT, 'hooks/plwqzszcl1p4u.json');
      assert.equal(openingSecrets(hook, Date.parse('2026-12-01T00:00:00Z')).length, 2);
    },
  },
  schedules: {
    examples: ['schedules-1.json'],
    read: (text) => assert.equal(readRecord(text, SCHEDULES_FORMAT, 'it').entries.length, 1),
  },
  project: {
    examples: ['project-1.json'],
    read(text) {
      const { id, repo } = readRecord(text, PROJECT_FORMAT, 'it');
      assert.equal(id, projectId(repo));
    },
  },
  'what is in the bin': {
    examples: ['bin-1.json'],
    read: (text) => assert.equal(readRecord(text, BIN_FORMAT, 'it').runs?.length, 1),
  },
  'tags and note': {
    examples: ['notes-1.json'],
    read: (text) => assert.deepEqual(readRecord(text, NOTES_FORMAT, 'it').tags, ['release-2']),
  },
  version: { heldBy: 'packages/store/src/version/data-version.test.ts' },
  block: {
    examples: ['block-1.json'],
    read: (text) => assert.equal(readRecord(text, BLOCK_FORMAT, 'it').host, 'shop.example.com'),
  },
  consent: {
    examples: ['consent-1.json'],
    read: (text) => assert.equal(parseDocument(text).allow[0]?.nodes, 3),
  },
  person: {
    examples: ['person-1.json'],
    read: (text) => assert.equal(readRecord(text, PERSON_FORMAT, 'it').identities[0]?.issuer, 'mail'),
  },
  team: {
    examples: ['team-1.json'],
    read: (text) => assert.equal(readRecord(text, TEAM_FORMAT, 'it').name, 'Shop'),
  },
  key: {
    examples: ['key-1.json', 'key-2.json'],
    read: (text) => assert.equal(readRecord(text, KEY_FORMAT, 'it').hint, 'mrt_ab12'),
  },
  'secrets of a project': {
    examples: ['secrets-1.json'],
    read: (text) => assert.deepEqual(Object.keys(readRecord(text, SECRETS_FORMAT, 'it').values), ['TOKEN']),
  },
  'audit log': {
    examples: ['audit.jsonl'],
    read: (text) => assert.ok(Value.Check(AuditEntry, JSON.parse(text))),
  },
  'back-up': { heldBy: 'packages/admin/src/backup/backup.test.ts' },
  work: { heldBy: 'tests/earlier-data.test.ts' },
  'the ledger': { heldBy: 'tests/earlier-data.test.ts' },
  'the API': { heldBy: 'apps/web/src/routes/api/api.test.ts' },
  'the command’s `--json`': { heldBy: 'apps/cli/src/commands/run.test.ts' },
};

test('the page of formats and the examples tell of the same', async () => {
  const page = await readFile(join(root, 'docs/formats.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (?!format|-)([^|]+) \|/gm)].map(([, name]) => name);
  assert.deepEqual(rows.toSorted(), Object.keys(formats).toSorted());
  const used = Object.values(formats).flatMap((format) => ('examples' in format ? format.examples : []));
  const there = (await readdir(examples)).filter((name) => !name.endsWith('.tgz'));
  assert.deepEqual(used.filter((name) => !name.startsWith('..')).toSorted(), there.toSorted());
});

for (const [name, format] of Object.entries(formats)) {
  if ('heldBy' in format)
    test(`${name} has a test of its own`, async () => void (await readFile(join(root, format.heldBy))));
  else
    for (const example of format.examples)
      test(`${name} is read: ${example}`, async () => {
        const path = join(examples, example);
        await format.read(await readFile(path, 'utf8'), path);
      });
}

test('a newer version is refused, and what does not fit is named with its place', async () => {
  const run = JSON.parse(await readFile(join(examples, 'run-2.json'), 'utf8'));
  const said = (record: object) => {
    try {
      readRunRecord(JSON.stringify(record), 'r1');
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.match(
    said({ ...run, v: 3 })!,
    /^run\.json of run r1 was written by a newer Marteau \(data version 3\)/,
  );
  assert.match(said({ ...run, state: 'eaten' })!, /^run\.json of run r1 does not fit its schema: \/state /);
  assert.equal(said({ ...run, more: 'fields' }), null);
});
