import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SocketMetrics } from '../websocket/socket-metrics.ts';
import { KindMetrics } from './kind-metrics.ts';

it('what is measured beside requests does not grow without end', () => {
  const kinds = new KindMetrics();
  const made = new Set<object>();
  for (let n = 0; n < 1000; n += 1) {
    made.add(kinds.of('ws', `GET /${n}`));
    made.add(kinds.of(`kind-${n}`, 'a'));
  }
  assert.ok(made.size <= 202, String(made.size));
  assert.equal(kinds.of('ws', 'GET /0'), kinds.of('ws', 'GET /0'));

  const names = new Set<string>();
  const owner = { exchanged() {}, measured: ({ name }: { name: string }) => names.add(name) };
  for (let code = 3000; code < 5000; code += 1)
    new SocketMetrics(kinds.of('ws', 'GET /0')).closed(owner, { code, side: 'target', clean: true }, 1);
  assert.ok(names.size < 40 && names.has('closed otherwise'), String(names.size));
});
