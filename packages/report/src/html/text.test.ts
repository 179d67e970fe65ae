import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { commitLink, escapeHtml, isolated, readable, safeLink, scriptJson, withCode } from './text.ts';

describe('readable', () => {
  test('shows what would hide or turn text around', () => {
    assert.equal(readable('a\u202eb\u0000c\u001b[31m\u2066d'), 'a⟨202e⟩b⟨0000⟩c⟨001b⟩[31m⟨2066⟩d');
    assert.equal(readable('tabs\tand\nlines stay; so does שלום'), 'tabs\tand\nlines stay; so does שלום');
  });

  test('cuts words of 10 KB, never through the middle of a letter', () => {
    assert.equal(readable('x'.repeat(10_000), 5), 'xxxxx…');
    assert.equal(readable('ab🔨🔨', 3), 'ab\ufffd…');
    assert.ok(readable('\ud800').isWellFormed());
  });
});

test('safeLink lets plain web addresses through and nothing else', () => {
  assert.equal(safeLink('https://example.com/a?b'), 'https://example.com/a?b');
  for (const bad of [
    null,
    '',
    'javascript:alert(1)',
    'data:text/html,x',
    'git@host:x',
    ' java\nscript:x',
    '//x',
  ])
    assert.equal(safeLink(bad), null);
});

test('commitLink knows how hosts name a commit', () => {
  assert.equal(commitLink('https://github.com/a/b.git', 'abc'), 'https://github.com/a/b/commit/abc');
  assert.equal(
    commitLink('https://gitlab.example.com/a/b', 'abc'),
    'https://gitlab.example.com/a/b/-/commit/abc',
  );
  for (const repo of ['https://example.com/a', 'https://evilgithub.com/a/b', 'javascript:x'])
    assert.equal(commitLink(repo, 'abc'), null);
});

test('escapeHtml leaves nothing that begins a tag or ends an attribute', () => {
  fc.assert(fc.property(fc.string(), (text) => !/[<>"']/.test(escapeHtml(text))));
});

test('scriptJson cannot end its script, and reads back as it was', () => {
  const value = { a: '</script><!--<script>', b: '\u2028\u2029' };
  assert.doesNotMatch(scriptJson(value), /[<\u2028\u2029]/);
  assert.deepEqual(JSON.parse(scriptJson(value)), value);
});

test('isolated keeps numbers in their place after a quoted name that runs from right to left', () => {
  const html = isolated(escapeHtml('p95 of "POST /עגלה" 33 ms, of "GET /" 3 ms'));
  assert.equal(
    html,
    '<bdi>p95 of &quot;<bdi>POST /עגלה</bdi>&quot; 33 ms, of &quot;<bdi>GET /</bdi>&quot; 3 ms</bdi>',
  );
  assert.equal(isolated('of &quot;GET /&quot; 3 ms'), '<bdi>of &quot;GET /&quot; 3 ms</bdi>');
});

test('withCode shows what a sentence quotes as code, and nothing as an element', () => {
  const html = withCode(escapeHtml('Name its branch under `refs` of <b>`<i>`'));
  assert.equal(html, 'Name its branch under <code>refs</code> of &lt;b&gt;<code>&lt;i&gt;</code>');
});
