import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { behaviors } from './behaviors/index.ts';
import { protocols } from './protocols/index.ts';

const guide = readFileSync(join(import.meta.dirname, '../../../docs/guide/chaos.md'), 'utf8');

test('the guide has a line for every behaviour with its options and defaults, and for every protocol', () => {
  for (const { name, about, options, per } of behaviors) {
    const shown = Object.entries(options.properties).map(([option, field]) => `${option} ${show(field)}`);
    const row = `| ${name} | ${about} | ${shown.join(', ')} | ${per.join(', ')} |`;
    assert.ok(guide.includes(row), `docs/guide/chaos.md should have: ${row}`);
  }
  for (const { name, about } of protocols)
    assert.ok(guide.includes(`| ${name} | ${about} |`), `| ${name} | ${about} |`);
});

function show(field: object): string {
  const { default: usual } = field as { default: unknown };
  return usual === '' ? '""' : String(usual);
}
