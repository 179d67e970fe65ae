import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foldMessage } from './failures.ts';

describe('a message', () => {
  const cases: [string, string, string][] = [
    ['loses numbers that differ from one time to the next', 'user 123456 took 1234.5 ms', 'user N took N ms'],
    ['keeps small numbers', '503 !== 200', '503 !== 200'],
    [
      'keeps ports, of four digits and of five',
      'ECONNREFUSED 127.0.0.1:8080, 127.0.0.1:34561, localhost:34561',
      'ECONNREFUSED 127.0.0.1:8080, 127.0.0.1:34561, localhost:34561',
    ],
    ['loses UUIDs and hashes', 'no 0b9f1c2e-1111-4222-8333-0123456789ab, deadbeef01', 'no UUID, HEX'],
  ];
  for (const [name, message, expected] of cases) {
    it(name, () => assert.equal(foldMessage(message), expected));
  }
});
