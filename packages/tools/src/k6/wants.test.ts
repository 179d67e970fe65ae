import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wants } from './wants.ts';

for (const [what, text, wanted] of [
  ['nothing', "import http from 'k6/http';\n// https://jslib.k6.io/\n", null],
  ['an extension', "import sql from 'k6/x/sql';", /^The script wants k6\/x\/sql: k6 fetches no extensions/],
  [
    'modules of the network',
    'import { uuidv4 } from \'https://jslib.k6.io/k6-utils/1.4.0/index.js\';\nimport a from "https://a.example/1"',
    /^The script imports https:\/\/jslib\.k6\.io\/k6-utils\/1\.4\.0\/index\.js, https:\/\/a\.example\/1 from the network: commit/,
  ],
] as const)
  test(`a script of k6 that wants ${what}`, () => {
    if (wanted === null) assert.equal(wants(text), null);
    else assert.match(wants(text) ?? '', wanted);
  });
