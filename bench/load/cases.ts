import {
  autocannon,
  type Generator,
  marteau,
  marteauHigh,
  marteauOpen,
  others,
  othersAtRate,
  undici,
  wrk,
} from './generators.ts';
import { json, type Target } from './nginx.ts';

/** One thing that all its generators are to do. */
export interface Case {
  readonly name: string;
  readonly generators: readonly Generator[];
  readonly url: (target: Target) => string;
  readonly body: string | null;
  readonly script: (url: string) => string;
}

const imports = "import { test } from 'node:test';\nimport assert from 'node:assert/strict';\n";

export const vanilla: Case = {
  name: 'GET, 12 bytes',
  generators: [wrk, marteau, marteauOpen, marteauHigh, ...othersAtRate, autocannon, undici, ...others],
  url: ({ http }) => `${http}/`,
  body: null,
  script: (url) => `${imports}
    test('home', async () => {
      const response = await fetch('${url}');
      assert.equal(response.status, 200);
    });`,
};

export const jsonCookies: Case = {
  name: 'GET, 1 KB JSON parsed, cookies, 3 a test',
  generators: [wrk, marteau],
  url: ({ http }) => `${http}/json`,
  body: null,
  script: (url) => `${imports}
    test('three', async () => {
      for (let i = 0; i < 3; i += 1) {
        const response = await fetch('${url}');
        assert.equal(response.status, 200);
        const { items } = await response.json();
        assert.equal(items.length, 8);
      }
    });`,
};

export const tls: Case = {
  name: 'GET, 12 bytes, TLS',
  generators: [wrk, marteau],
  url: ({ https }) => `${https}/`,
  body: null,
  script: vanilla.script,
};

export const post: Case = {
  name: 'POST, 1 KB JSON',
  generators: [wrk, marteau],
  url: ({ http }) => `${http}/`,
  body: json,
  script: (url) => `${imports}
    const body = ${json};
    test('post', async () => {
      const response = await fetch('${url}', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      assert.equal(response.status, 200);
    });`,
};

export const cases = [vanilla, jsonCookies, tls, post];
