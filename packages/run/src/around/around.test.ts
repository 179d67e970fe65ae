import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseFile, resolveFile } from '@marteau/file';
import { isMarteauError } from '@marteau/shared';
import { waitUntil } from '@marteau/testkit';
import { openRun } from '../fixtures/a-run.ts';
import type { AroundPart } from './part.ts';
import { partsOf } from './parts-of.ts';

/** A part that writes down what happens to it, and what it found in its environment. */
function noted(name: string, notes: string[], fails: { start?: boolean; stop?: boolean } = {}): AroundPart {
  return {
    name,
    async start({ env }) {
      if (fails.start) throw new Error(`${name} cannot start`);
      notes.push(`${name} finds ${['A', 'B', 'C'].filter((each) => each in env).join('') || 'nothing'}`);
      return {
        env: { [name]: `127.0.0.1:${name}` },
        facts: { [name]: 'stood' },
        async stop() {
          notes.push(`${name} stops`);
          if (fails.stop) throw new Error(`${name} cannot stop`);
        },
      };
    },
  };
}

describe('what stands around a run', () => {
  test('start in order, each with the addresses of those before it, and stop in reverse', async () => {
    await using run = await openRun();
    const notes: string[] = [];
    const around = await run.start([noted('A', notes), noted('B', notes), noted('C', notes)]);
    assert.equal(around.env.C, '127.0.0.1:C');
    assert.deepEqual(around.facts, { A: 'stood', B: 'stood', C: 'stood' });
    await around[Symbol.asyncDispose]();
    assert.deepEqual(notes, ['A finds nothing', 'B finds A', 'C finds AB', 'C stops', 'B stops', 'A stops']);
  });

  test('that have started are stopped when one cannot start', async () => {
    await using run = await openRun();
    const notes: string[] = [];
    const parts = [noted('A', notes), noted('B', notes, { start: true }), noted('C', notes)];
    await assert.rejects(run.start(parts), /B cannot start/);
    assert.deepEqual(notes, ['A finds nothing', 'A stops']);
  });

  test('are all stopped, although one of them cannot be', async () => {
    await using run = await openRun();
    const notes: string[] = [];
    const around = await run.start([
      noted('A', notes, { stop: true }),
      noted('B', notes, { stop: true }),
      noted('C', notes),
    ]);
    await assert.rejects(async () => around[Symbol.asyncDispose](), SuppressedError);
    assert.deepEqual(notes.slice(3), ['C stops', 'B stops', 'A stops']);
  });
});

/** What the file's text wants around its run. */
function partsFor(text: string): AroundPart[] {
  const { file } = parseFile(Buffer.from(`script: a.test.ts\n${text}`));
  const resolved = file && resolveFile(file);
  assert.ok(resolved?.file);
  return partsOf(resolved.file);
}

describe('the parts of a file', () => {
  test('before gives the app its environment, and after finds all of it', async () => {
    await using run = await openRun();
    await writeFile(
      join(run.places.tree, 'app.mjs'),
      `import { createServer } from 'node:http';
       createServer((_, response) => response.end(process.env.TOKEN)).listen(process.env.PORT, '127.0.0.1');`,
    );
    const parts = partsFor(`
before: echo "TOKEN=t1" >> "$MARTEAU_ENV"
app: {command: node app.mjs, ready: /}
after: echo "$TOKEN at $MARTEAU_TARGET"
`);
    const around = await run.start(parts);
    assert.equal(around.env.MARTEAU_TARGET, around.target);
    assert.equal(await (await fetch(around.target!)).text(), 't1');
    assert.match(around.facts.App!, /^node app\.mjs/);
    await around[Symbol.asyncDispose]();
    await assert.rejects(fetch(around.target!));
    assert.ok(run.lines.includes(`after: t1 at ${around.target}`), run.lines.join('\n'));
    assert.deepEqual(run.faults, []);
  });

  test('after runs when before fails, and when the run was cancelled', async () => {
    await using run = await openRun();
    const parts = partsFor('before: [echo one, exit 3]\nafter: echo cleaned\n');
    await assert.rejects(run.start(parts), (error) => isMarteauError(error, 'before-failed'));
    assert.equal(run.lines.at(-1), 'after: cleaned');
    run.abort.abort(new Error('cancelled'));
    await assert.rejects(run.start(parts), /cancelled/);
    assert.equal(run.lines.filter((line) => line === 'after: cleaned').length, 2);
  });

  test('a target in the file goes before the app', async () => {
    await using run = await openRun();
    await writeFile(
      join(run.places.tree, 'app.mjs'),
      `import { createServer } from 'node:http';
       createServer((_, response) => response.end()).listen(process.env.PORT, '127.0.0.1');`,
    );
    await using around = await run.start(partsFor('app: {command: node app.mjs, ready: /}\n'), {
      target: 'http://proxy.example',
    });
    assert.equal(around.target, 'http://proxy.example');
  });

  test('an app that ends by itself is a fault', async () => {
    await using run = await openRun();
    await writeFile(
      join(run.places.tree, 'app.mjs'),
      `import { createServer } from 'node:http';
       createServer(({ url }, response) => { response.end(); if (url === '/die') process.exit(7); })
         .listen(process.env.PORT, '127.0.0.1');`,
    );
    await using around = await run.start(partsFor('app: {command: node app.mjs, ready: /}\n'));
    await fetch(`${around.target}/die`).catch(() => {});
    const [fault] = await waitUntil('the fault', () => run.faults.length > 0 && run.faults);
    assert.equal(fault?.kind, 'app');
    assert.match(fault?.detail ?? '', /The app ended while the load ran: .*exit code 7/);
  });

  test('are none for a file that wants none', () => {
    assert.deepEqual(partsFor(''), []);
  });
});
