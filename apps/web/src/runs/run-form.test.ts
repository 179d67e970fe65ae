import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRunForm, runRequest } from './run-form.ts';

test('an empty field overrides nothing', () => {
  const form = readRunForm({
    repo: ' https://github.com/a/b ',
    ref: '',
    cycles: '  ',
    duration: '10s',
    nodes: '',
  });
  assert.deepEqual(runRequest(form), { repo: 'https://github.com/a/b', overrides: { duration: '10s' } });
});

test('a field that holds what the file says is no override', () => {
  const form = readRunForm({ repo: 'x', cycles: '5:10', was_cycles: '5:10', nodes: '3', was_nodes: '1' });
  assert.deepEqual(runRequest(form), { repo: 'x', overrides: { nodes: 3 } });
});

test('what is no number is left to the check of the file to name', () => {
  assert.deepEqual(runRequest(readRunForm({ repo: 'x', nodes: 'many' })).overrides, { nodes: 'many' });
});

test('fields that are sent twice or are no text are as if empty', () => {
  assert.deepEqual(runRequest(readRunForm({ repo: ['a', 'b'], cycles: { a: 1 } })), { repo: '' });
  assert.deepEqual(runRequest(readRunForm(undefined)), { repo: '' });
});
