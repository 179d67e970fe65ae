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
]) {
  test(`shows ${line}`, () => assert.equal(forPeople(line), shown));
}
