import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
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
    for (const [, source = ''] of article.matchAll(/<img src="([^"]+)"/g)) {
      const picture = await bed.get(new URL(source, `${bed.url}${page}`).pathname);
      assert.equal(picture.headers.get('content-type'), 'image/png', `${page}: ${source}`);
    }
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

test('the schemas are where the example points an editor, also behind a token, and for other sites', async () => {
  await using bed = await openTestbed({ MARTEAU_ACCESS_TOKEN: 'correct-horse-battery' });
  const example = await readFile(new URL('../../../../.marteau.yml.example', import.meta.url), 'utf8');
  const path = /\$schema=http:\/\/localhost:3000(\/\S+)/.exec(example)?.[1];
  assert.equal(path, '/marteau.schema.json');
  for (const name of [path, '/results.schema.json']) {
    const schema = await bed.get(name);
    assert.equal(schema.status, 200, name);
    assert.match(schema.headers.get('content-type') ?? '', /^application\/schema\+json/);
    assert.equal(schema.headers.get('access-control-allow-origin'), '*');
    assert.equal(schema.headers.get('cross-origin-resource-policy'), 'cross-origin');
    assert.equal(typeof (await schema.json()), 'object');
  }
  assert.equal((await bed.get('/docs')).status, 401);
});

test('the guide has every page for users, also one that is new', async () => {
  await using bed = await openTestbed();
  const menu = await (await bed.get('/docs')).text();
  const guides = await readdir(new URL('../../../../docs/guide', import.meta.url));
  for (const file of guides.filter((name) => name.endsWith('.md')))
    assert.ok(menu.includes(`href="/docs/${file.slice(0, -'.md'.length)}"`), file);
});

test('the API page has every operation of the document', async () => {
  await using bed = await openTestbed();
  const { paths } = (await (await bed.get('/api/openapi.json')).json()) as { paths: Record<string, object> };
  const page = await (await bed.get('/api/docs')).text();
  for (const path of Object.keys(paths)) assert.ok(page.includes(`>${path}<`), path);
});

test('the guide is searched by its sections: those named so first, none that lacks a word, nothing as HTML', async () => {
  await using bed = await openTestbed();
  const search = async (query: string) => {
    const html = await (await bed.get(`/docs/search?q=${encodeURIComponent(query)}`)).text();
    return html.slice(html.indexOf('<article'));
  };
  const found = await search('exit codes');
  const [, first = ''] = /<li><a href="([^"]+)"/.exec(found) ?? [];
  assert.equal(first, '/docs/cli#exit-codes');
  assert.match(await (await bed.get(first)).text(), /id="exit-codes"/);
  assert.match(await search('appendonly'), /<mark>appendonly<\/mark>/);
  assert.match(await search('nosuchword exit'), /Nothing in the guide has all of these words/);
  assert.match(await search('<b>(.*'), /has this word: &lt;b&gt;/);
  assert.match(await search(''), /Type a word/);
});
