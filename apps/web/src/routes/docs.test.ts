import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestbed } from '../fixtures/testbed.ts';

test('every link of every page of the guide leads somewhere, to the right heading too', async () => {
  await using bed = await openTestbed();
  const menu = await (await bed.get('/docs')).text();
  const pages = [...menu.matchAll(/href="(\/docs\/[\w-]+)"/g)].map((match) => match[1]!);
  assert.ok(pages.length >= 6);
  for (const page of pages) {
    const html = await (await bed.get(page)).text();
    const article = html.slice(html.indexOf('<article'));
    for (const [, path = '', anchor] of article.matchAll(/href="(\/[^"#]*)(#[^"]+)?"/g)) {
      const target = await bed.get(path);
      assert.ok([200, 302].includes(target.status), `${page} links to ${path}: ${target.status}`);
      if (anchor)
        assert.match(await target.text(), new RegExp(`id="${anchor.slice(1)}"`), `${page}: ${path}${anchor}`);
    }
    for (const [, anchor = ''] of article.matchAll(/href="#([^"]+)"/g))
      assert.ok(article.includes(`id="${anchor}"`), `${page}#${anchor}`);
    assert.doesNotMatch(article, /href="(?!\/|https:|#)/, page);
  }
});

test('schemas and the example are published beside the guide, and nothing else of the folder', async () => {
  await using bed = await openTestbed();
  const schema = await bed.get('/docs/marteau.schema.json');
  assert.match(schema.headers.get('content-type') ?? '', /^application\/schema\+json/);
  assert.ok(((await schema.json()) as { properties: object }).properties);
  assert.match(await (await bed.get('/docs/.marteau.yml.example')).text(), /^name: /);
  for (const name of ['architecture', 'operations.json', '__proto__', 'constructor', '..%2fpackage.json'])
    assert.equal((await bed.get(`/docs/${name}`)).status, 404, name);
});
