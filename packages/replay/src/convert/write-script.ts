import type { Exchange } from '../tape/exchange.ts';
import { helpers } from './script-helpers.ts';
import { isResource, type Session, type Step } from './session.ts';
import { quote } from './sources.ts';
import type { Values } from './values.ts';
import type { Writing } from './writing.ts';

/** A request as the test makes it. */
export interface Written {
  /** Lines that go before it. */
  before: readonly string[];
  /** The arguments of `ask`. */
  call: string;
}

/** The whole test file. */
export function writeScript(
  { target, steps }: Session,
  requests: Map<Exchange, Written>,
  { values, helpers: used, compressors }: Writing,
  dataFile: string | null,
  name: string,
): string {
  const carried = [...values.carried.values()].flat();
  const thinks = steps.some(({ thinkMs }) => thinkMs > 0);
  const all = new Set(used);
  if (carried.some(({ code }) => code.startsWith('between('))) all.add('between');
  if (thinks) all.add('think');
  return [
    '// Made from a recorded session by `marteau convert`. It is a plain test: change it as you like.',
    "import assert from 'node:assert/strict';",
    ...(dataFile === null ? [] : ["import { readFileSync } from 'node:fs';"]),
    "import { test } from 'node:test';",
    ...(thinks ? ["import { setTimeout as sleep } from 'node:timers/promises';"] : []),
    ...(compressors.size === 0 ? [] : [`import { ${[...compressors].sort().join(', ')} } from 'node:zlib';`]),
    '',
    `const target = process.env.MARTEAU_TARGET ?? ${quote(target)};`,
    ...(dataFile === null
      ? []
      : [
          `const users = JSON.parse(readFileSync(new URL(${quote(`./${dataFile}`)}, import.meta.url), 'utf8'));`,
        ]),
    '',
    `test(${quote(name)}, async (t) => {`,
    ...(dataFile === null ? [] : ['  const user = users[Math.floor(Math.random() * users.length)];']),
    '  const cookies = new Map<string, string>();',
    ...carried.map(({ variable }) => `  let ${variable} = '';`),
    ...steps.flatMap((step) => writeStep(step, requests, values)),
    '});',
    '',
    ...helpers.ask,
    ...[...all].sort().flatMap((helper) => ['', ...helpers[helper]]),
    '',
  ].join('\n');
}

function writeStep(
  { name, thinkMs, exchanges }: Step,
  requests: Map<Exchange, Written>,
  values: Values,
): string[] {
  return [
    '',
    ...(thinkMs > 0 ? [`  await think(${thinkMs});`] : []),
    `  await t.test(${quote(name)}, async () => {`,
    ...groups(exchanges).flatMap((group) =>
      group.length === 1 || group.some((exchange) => values.carried.has(exchange))
        ? group.flatMap((exchange) => writeExchange(exchange, requests, values))
        : writeTogether(group, requests),
    ),
    '  });',
  ];
}

/** What a page asks for by itself it asks for at once. */
function groups(exchanges: readonly Exchange[]): Exchange[][] {
  const list: Exchange[][] = [];
  for (const exchange of exchanges) {
    const last = list.at(-1);
    if (last !== undefined && isResource(exchange) && isResource(last[0]!)) last.push(exchange);
    else list.push([exchange]);
  }
  return list;
}

function writeExchange(exchange: Exchange, requests: Map<Exchange, Written>, values: Values): string[] {
  const status = expected(exchange);
  const carried = values.carried.get(exchange) ?? [];
  const { before, call: asked } = requests.get(exchange)!;
  const call = `await ask(cookies, ${asked})`;
  const first = before.map((line) => `    ${line}`);
  if (carried.length === 0) return [...first, `    assert.equal((${call}).status, ${status});`];
  return [
    ...first,
    '    {',
    `      const answer = ${call};`,
    `      assert.equal(answer.status, ${status});`,
    ...carried.map(({ variable, code }) => `      ${variable} = String(${code});`),
    '    }',
  ];
}

function writeTogether(exchanges: readonly Exchange[], requests: Map<Exchange, Written>): string[] {
  return [
    ...exchanges.flatMap((exchange) => requests.get(exchange)!.before.map((line) => `    ${line}`)),
    '    await Promise.all([',
    ...exchanges.map(
      (exchange) =>
        `      ask(cookies, ${requests.get(exchange)!.call}).then(({ status }) => assert.equal(status, ${expected(exchange)})),`,
    ),
    '    ]);',
  ];
}

/** A browser that had it already was told so; a user who comes anew gets it. */
function expected({ answer }: Exchange): number {
  return answer.status === 304 ? 200 : answer.status;
}
