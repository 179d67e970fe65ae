import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { scripts } from '../fixtures/scripts.ts';

const commands = scripts.filter(({ file }) => !file.endsWith('lib.lua'));

/** What script-map.ts says: `name: Script<{ arg: …; arg?: … }, …>`, an entry at two blanks. */
function argumentsByScript(): Map<string, string[]> {
  const text = readFileSync(join(import.meta.dirname, 'script-map.ts'), 'utf8').replace(
    /\/\*\*.*?\*\//gs,
    '',
  );
  const entries = text.matchAll(/^ {2}'?([\w-]+)'?: Script<\s*(?:object|\{(.*?)\}),/gms);
  return new Map(
    [...entries].map(([, name, args = '']) => [
      name!,
      [...args.matchAll(/(\w+)\??:/g)].map(([, arg]) => arg!).sort(),
    ]),
  );
}

test('a script has a name of its own, which script-map.ts knows', () => {
  assert.ok(commands.length > 20);
  const names = commands.map(({ file }) => basename(file, '.lua')).sort();
  assert.deepEqual(names, [...argumentsByScript().keys()].sort());
});

test('every script says at its head what it does, and takes what script-map.ts says', () => {
  const known = argumentsByScript();
  for (const { file, text } of commands) {
    assert.match(text, /^-- \S/, file);
    const used = new Set([...text.matchAll(/\bargs\.(\w+)/g)].map(([, arg]) => arg!));
    assert.deepEqual([...used].sort(), known.get(basename(file, '.lua')), file);
  }
});
