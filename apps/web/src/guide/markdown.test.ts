import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderMarkdown } from './markdown.ts';

const html = (source: string) => renderMarkdown(source).html;

test('HTML in a page is shown and not used', () => {
  assert.equal(html('<b onclick="x">a</b>'), '<p>&lt;b onclick=&quot;x&quot;&gt;a&lt;/b&gt;</p>\n');
  assert.doesNotMatch(html('[a](javascript:alert(1))'), /href/);
});

test('links between files are links between pages', () => {
  for (const [url, href] of [
    ['../marteau-yml.md', '/docs/marteau-yml'],
    ['submit.md#mail', '/docs/submit#mail'],
    ['marteau.schema.json', '/docs/marteau.schema.json'],
    ['../.marteau.yml.example', '/docs/.marteau.yml.example'],
    ['/nodes', '/nodes'],
    ['https://example.com/a.md', 'https://example.com/a.md'],
  ]) {
    assert.match(html(`[a](${url})`), new RegExp(`href="${href}"`));
  }
});

test('headings can be linked to; tables and listings scroll by keyboard', () => {
  assert.match(html('## What happens, then?'), /<h2 id="what-happens-then">/);
  assert.match(
    html('## What `it` has\n\n|a| |\n|-|-|\n|b|c|'),
    /<div class="scroll" tabindex="0" role="group" aria-label="What it has"><table aria-label="What it has">\s*<thead>\s*<tr>\s*<th>a<\/th>\s*<td><\/td>/,
  );
  assert.match(html('|a|\n|-|\n|b|'), /<table aria-label="Table">/);
  assert.match(html('```sh\nls\n```'), /<pre tabindex="0" role="group" aria-label="Listing">/);
});

test('the sections of a page are listed with their anchors', () => {
  const { sections } = renderMarkdown('# A\n\n## The `load`, then\n\ntext\n\n### deeper\n\n## End\n');
  assert.deepEqual(sections, [
    { id: 'the-load-then', text: 'The load, then' },
    { id: 'end', text: 'End' },
  ]);
});
