import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldProfile } from './fold.ts';

const node = (id: number, functionName: string, url = '', children: number[] = []) => ({
  id,
  callFrame: { functionName, url, lineNumber: id, columnNumber: 0, scriptId: '1' },
  children,
});

test('a profile becomes folded stacks by function and file, without lines, folders, and what is idle', () => {
  const profile = {
    nodes: [
      node(1, '(root)', '', [2, 5]),
      node(2, 'serve', 'file:///work/app/server.js?v=1', [3, 4]),
      node(3, '', 'file:///work/app/a;b.js'),
      node(4, '(garbage collector)'),
      node(5, '(idle)'),
    ],
    samples: [5, 5, 2, 3, 3, 3, 4],
    timeDeltas: [],
  };
  assert.deepEqual(foldProfile(JSON.stringify(profile), '/work/app'), {
    folded: [
      'serve server.js;(anonymous) a b.js 3',
      'serve server.js 1',
      'serve server.js;(garbage collector) 1',
    ].join('\n'),
    samples: 5,
  });
});

test('what is no profile is none, and a circle of frames ends', () => {
  for (const text of ['', '{', '{}', '{"nodes": [], "samples": ["x"]}', '[1]'])
    assert.equal(foldProfile(text, '/work'), null);
  const circle = { nodes: [node(1, 'a', '', [2]), node(2, 'b', '', [1])], samples: [1, 2] };
  assert.equal(foldProfile(JSON.stringify(circle), '/work')?.samples, 2);
});

test('stacks as deep as they may be are kept up to a bound, the most samples first', () => {
  const ids = Array.from({ length: 20_000 }, (_, i) => i + 1);
  const nodes = ids.map((id) => node(id, `${id}`.padEnd(160, 'f'), '', [id + 1]));
  const profile = { nodes, samples: [...ids, 7, 7] };
  const { folded, samples } = foldProfile(JSON.stringify(profile), '/work')!;
  assert.equal(samples, 20_002);
  assert.ok(folded.length > 7e6 && folded.length < 9e6, `${folded.length}`);
  assert.match(folded, /^1f+;.*;7f+ 3\n/);
});
