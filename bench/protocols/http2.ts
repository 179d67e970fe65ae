import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder } from '@marteau/testkit';
import { median, type Row } from '../bench.ts';
import type { Case } from '../load/cases.ts';
import { costOf, costsByTurns } from '../load/cost.ts';
import type { Generator } from '../load/generators.ts';
import { startMarteau } from '../load/marteau.ts';
import { startNginx } from '../load/nginx.ts';
import { isThere, start } from '../load/program.ts';
import type { Part } from './part.ts';

/** Users, each with a connection and so many requests at once. */
const USERS = 10;
const AT_ONCE = 10;
const LONG = '600';
/** Ten at once are fewer reads and writes, and so fewer requests until all is compiled, where other work is done, too. */
const WARM_UP_MS = 4000;

const marteauOf = (startOne: typeof startMarteau): Generator => ({
  name: 'marteau',
  needs: null,
  start: (work) => startOne({ ...work, users: USERS, http: 'h2c' }),
});
const marteau = marteauOf(startMarteau);

const h2load: Generator = {
  name: 'h2load',
  needs: 'h2load',
  start: async ({ url }) =>
    start('generator', 'h2load', ['-t1', `-c${USERS}`, `-m${AT_ONCE}`, `-D${LONG}`, url]),
};

/** The same loop as Marteau's script, by hand. */
const nodeHttp2: Generator = {
  name: 'node:http2',
  needs: null,
  start: async ({ url }) =>
    start('generator', process.execPath, [
      join(import.meta.dirname, 'node-http2-loop.ts'),
      url,
      String(USERS),
      String(AT_ONCE),
    ]),
};

/** It speaks HTTP/2 over TLS only, whose part of the cost is small. */
const k6: Generator = {
  name: 'k6, over TLS',
  needs: 'k6',
  async start({ url, folder }) {
    const script = join(folder, 'k6-http2.js');
    await writeFile(
      script,
      `import http from 'k6/http';
       export const options = { batchPerHost: ${AT_ONCE}, batch: ${AT_ONCE}, insecureSkipTLSVerify: true };
       const all = Array(${AT_ONCE}).fill('${url}');
       export default () => http.batch(all);`,
    );
    return start('generator', 'k6', [
      'run',
      '--quiet',
      '--vus',
      String(USERS),
      '--duration',
      `${LONG}s`,
      script,
    ]);
  },
};

const imports = "import { test } from 'node:test';\nimport assert from 'node:assert/strict';\n";
const peers = [h2load, nodeHttp2, k6].filter(({ needs }) => needs === null || isThere(needs));

const small: Case = {
  name: 'HTTP/2, 10 at once, 12 bytes',
  generators: [marteau, ...peers],
  url: ({ h2c }) => `${h2c}/`,
  body: null,
  script: (url) => `${imports}
    test('ten', async () => {
      const answers = await Promise.all(Array.from({ length: ${AT_ONCE} }, () => fetch('${url}')));
      for (const { status } of answers) assert.equal(status, 200);
    });`,
};

const json: Case = {
  name: 'HTTP/2, 10 at once, 1 KB JSON parsed',
  generators: [marteau, ...peers],
  url: ({ h2c }) => `${h2c}/json`,
  body: null,
  script: (url) => `${imports}
    test('ten', async () => {
      await Promise.all(Array.from({ length: ${AT_ONCE} }, async () => {
        const response = await fetch('${url}');
        assert.equal(response.status, 200);
        const { items } = await response.json();
        assert.equal(items.length, 8);
      }));
    });`,
};

const cases = [small, json];
const overTls = (work: Case): Case => ({ ...work, url: (target) => work.url({ ...target, h2c: target.h2 }) });

/** Ten requests at once of each of ten users, on a connection each. */
export const http2: Part = {
  goals: {
    http2_vs_h2load: { better: 'lower', goal: 3, must: 4 },
    http2_json_vs_h2load: { better: 'lower', goal: 3, must: 4 },
    http2_vs_node: { better: 'lower', goal: 0.3 },
    ...(isThere('k6') && { http2_vs_k6: { better: 'lower', goal: 0.2 } as const }),
  },
  async run({ rounds, say }) {
    if (!isThere('h2load'))
      throw new Error(
        'h2load is not on the path: install it (apt-get install nghttp2-client) and run this again.',
      );
    await using folder = await createTempFolder();
    await using target = await startNginx(folder.path);
    const costs = await costsByTurns(cases, rounds, say, (generator, work) =>
      costOf(generator, generator === k6 ? overTls(work) : work, target, folder.path, WARM_UP_MS),
    );
    const cpu = (work: Case, of: Generator) => median(costs(work, of.name).map((cost) => cost.cpu));
    const over = (work: Case, peer: Generator) => cpu(work, marteau) / cpu(work, peer);
    const rows = cases.flatMap((work) =>
      work.generators.flatMap((generator): Row[] => {
        const of = `${work.name}: ${generator.name}`;
        const rate = median(costs(work, generator.name).map((cost) => cost.rate));
        return [
          { case: of, metric: 'CPU per request', value: cpu(work, generator), unit: 'µs' },
          { case: of, metric: 'requests per second', value: rate, unit: '1/s' },
        ];
      }),
    );
    return {
      rows,
      ratios: {
        http2_vs_h2load: over(small, h2load),
        http2_json_vs_h2load: over(json, h2load),
        http2_vs_node: over(small, nodeHttp2),
        ...(peers.includes(k6) && { http2_vs_k6: over(small, k6) }),
      },
    };
  },
  async round({ tree }) {
    const theirs: typeof import('../load/marteau.ts') = await import(join(tree, 'bench/load/marteau.ts'));
    await using folder = await createTempFolder();
    await using target = await startNginx(folder.path);
    const rows: Row[] = [];
    for (const work of cases) {
      const { cpu } = await costOf(marteauOf(theirs.startMarteau), work, target, folder.path, WARM_UP_MS);
      rows.push({ case: work.name, metric: 'CPU per request', value: cpu, unit: 'µs' });
    }
    return rows;
  },
};
