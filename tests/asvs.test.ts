import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');

test('each row of the tables about accounts names a test that is there', async () => {
  const page = await readFile(join(root, 'docs/security.md'), 'utf8');
  const [, table = ''] = page.split('## Accounts, against OWASP ASVS 5.0');
  const rows = [...table.matchAll(/^\| ([^|]+) \|.*\| (\S+\.test\.ts): (.+) \|$/gm)];
  assert.ok(rows.length > 35);
  for (const [, what, file, title] of rows) {
    const text = await readFile(join(root, file!), 'utf8');
    assert.ok(text.includes(title!), `${what}: ${file} has no test called “${title}”`);
  }
});
