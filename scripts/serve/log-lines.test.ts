import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forPeople } from './log-lines.ts';

for (const { line, shown } of [
  { line: 'plain text', shown: 'plain text' },
  { line: '{"a":1}', shown: '{"a":1}' },
  { line: '{broken', shown: '{broken' },
  { line: '{"level":30,"time":1,"pid":2,"hostname":"h","msg":"Ready"}', shown: 'Ready' },
  { line: '{"level":30,"msg":"Cloning","run":"r1","nodes":2}', shown: 'Cloning  run=r1  nodes=2' },
  {
    line: '{"level":50,"msg":"Redis is away","err":{"message":"ECONNREFUSED"}}',
    shown: 'error: Redis is away  ECONNREFUSED',
  },
  {
    line: JSON.stringify({ level: 50, msg: 'It threw: a\nworker-9 | FORGED\x1b]0;title\x07', at: '\x1b[2J' }),
    shown: 'error: It threw: a ⏎ worker-9 | FORGED  at=',
  },
  { line: 'a program\x1b]52;c;x\x07 prints', shown: 'a program prints' },
]) {
  test(`shows ${line}`, () => assert.equal(forPeople(line), shown));
}
