import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadGuide } from './guide.ts';
import { renderMarkdown } from './markdown.ts';

test('HTML in a page is shown and not used', () => {
  assert.equal(renderMarkdown('<b onclick="x">a</b>'), '<p>&lt;b onclick=&quot;x&quot;&gt;a&lt;/b&gt;</p>\n');
  assert.doesNotMatch(renderMarkdown('[a](javascript:alert(1))'), /href/);
});

test('links between files are links between pages', () => {
  for (const [url, href] of [
    ['../marteau-yml.md', '/docs/marteau-yml'],
    ['submit.md#mail', '/docs/submit#mail'],
    ['/nodes', '/nodes'],
    ['https://example.com/a.md', 'https://example.com/a.md'],
  ]) {
    assert.match(renderMarkdown(`[a](${url})`), new RegExp(`href="${href}"`));
  }
});

test('headings can be linked to; tables and listings scroll by keyboard', () => {
  assert.match(renderMarkdown('## What happens, then?'), /<h2 id="what-happens-then">/);
  assert.match(renderMarkdown('|a|\n|-|\n|b|'), /<div class="scroll" tabindex="0"><table>/);
  assert.match(renderMarkdown('```sh\nls\n```'), /<pre tabindex="0">/);
});

test('every link from a page of the guide to another one leads somewhere', async () => {
  const guide = await loadGuide();
  const names = new Set(guide.map(({ name }) => name));
  for (const { name, html } of guide) {
    for (const [, page = '', anchor] of html.matchAll(/href="\/docs\/([\w-]+)(#[^"]+)?"/g)) {
      assert.ok(names.has(page), `${name} links to ${page}`);
      const target = guide.find((one) => one.name === page);
      if (anchor && target) assert.match(target.html, new RegExp(`id="${anchor.slice(1)}"`));
    }
  }
});
