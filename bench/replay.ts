import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder } from '@marteau/testkit';
import { type Bench, median, type RoundContext, type Row } from './bench.ts';
import { costOf } from './replay/ask.ts';
import { body, type Contender, type Role, startRole } from './replay/roles.ts';
import { loadTape, matchCost, writeTape } from './replay/tapes.ts';

const requests = 20_000;
const manyPairs = 100_000;
const oneRecording = `GET /a?b=1 HTTP/1.1\n\n\n200 OK\nContent-Type: application/json\nContent-Length: ${body.length}\n\n${body}\n`;

/** What a replayed answer and a recorded request cost, against the least that Node can do. */
export const bench: Bench = {
  name: 'replay',
  about: 'processor time of a replayed answer and a recorded request, against bare node:http',
  goals: {
    replayed_vs_handler: { better: 'lower', goal: 1.3 },
    recording_over_proxy: { better: 'lower', goal: 1 },
    load_100k_s: { better: 'lower', goal: 2 },
    match_100k_vs_10: { better: 'lower', goal: 1.2, must: 1.5 },
    bytes_equal: { better: 'higher', goal: 1 },
  },
  round: costsIn,
  async run({ rounds, say }) {
    await using folder = await createTempFolder();
    await using stack = new AsyncDisposableStack();
    const at = (name: string) => join(folder.path, name);
    await writeFile(at('one.rec'), oneRecording);
    const handler = stack.use(await startRole('handler'));
    const contenders: Contender[] = [
      handler,
      stack.use(await startRole('replay', handler.url, at('one.rec'))),
      stack.use(await startRole('proxy', handler.url)),
      stack.use(await startRole('record', handler.url, at('recorded.rec'))),
    ];
    const costs = new Map<Role, number[]>(contenders.map(({ role }) => [role, []]));
    for (const contender of contenders) await costOf(contender, 5_000); // the compiler's time is not the request's
    for (let round = 1; round <= rounds; round++) {
      say(`round ${round} of ${rounds}: servers`);
      for (const contender of contenders) costs.get(contender.role)!.push(await costOf(contender, requests));
    }
    /** Within a round, so that what else the machine does falls on both. */
    const ratio = (a: Role, b: Role) =>
      median(costs.get(a)!.map((cost, round) => cost / costs.get(b)![round]!));

    say(`${manyPairs} pairs`);
    await writeTape(at('many.rec'), manyPairs);
    await writeTape(at('few.rec'), 10);
    const few = loadTape(at('few.rec'));
    const loads: number[] = [];
    const matches: { many: number; few: number }[] = [];
    for (let round = 1; round <= rounds; round++) {
      const many = loadTape(at('many.rec'));
      loads.push(many.seconds);
      matches.push({ many: matchCost(many.deck), few: matchCost(few.deck) });
    }
    const rows: Row[] = contenders.map(({ role }) => ({
      case: role,
      metric: 'CPU per request',
      value: median(costs.get(role)!),
      unit: 'µs',
    }));
    return {
      rows: [
        ...rows,
        {
          case: '10 pairs',
          metric: 'CPU per match',
          value: median(matches.map((each) => each.few)),
          unit: 'ns',
        },
        {
          case: '100,000 pairs',
          metric: 'CPU per match',
          value: median(matches.map(({ many }) => many)),
          unit: 'ns',
        },
      ],
      ratios: {
        replayed_vs_handler: ratio('replay', 'handler'),
        recording_over_proxy: ratio('record', 'proxy') - 1,
        load_100k_s: median(loads),
        match_100k_vs_10: median(matches.map(({ many, few }) => many / few)),
        bytes_equal: await bytesEqual(contenders, at('recorded.rec')),
      },
    };
  },
};

/** What that version's stand-in needs for a replayed answer, a recorded request and a match among many. */
async function costsIn({ tree }: RoundContext): Promise<Row[]> {
  const at = (name: string) => join(folder.path, name);
  const roles: typeof import('./replay/roles.ts') = await import(join(tree, 'bench/replay/roles.ts'));
  const tapes: typeof import('./replay/tapes.ts') = await import(join(tree, 'bench/replay/tapes.ts'));
  await using folder = await createTempFolder();
  await writeFile(at('one.rec'), oneRecording);
  await using handler = await startRole('handler');
  const rows: Row[] = [];
  for (const [role, file] of [
    ['replay', 'one.rec'],
    ['record', 'recorded.rec'],
  ] as const) {
    await using contender = await roles.startRole(role, handler.url, at(file));
    await costOf(contender, 5_000); // the compiler's time is not the request's
    const cpu = await costOf(contender, requests);
    rows.push({ case: role, metric: 'CPU per request', value: cpu, unit: 'µs' });
  }
  await tapes.writeTape(at('tape.rec'), 10_000);
  const { deck, seconds } = tapes.loadTape(at('tape.rec'));
  return [
    ...rows,
    { case: '10,000 pairs', metric: 'CPU to load', value: seconds, unit: 's' },
    { case: '10,000 pairs', metric: 'CPU per match', value: tapes.matchCost(deck), unit: 'ns' },
  ];
}

/** 1 where what the recorder wrote plays as the server answered. */
async function bytesEqual(contenders: readonly Contender[], recorded: string): Promise<number> {
  const handler = contenders.find(({ role }) => role === 'handler')!;
  await using replay = await startRole('replay', handler.url, recorded);
  const [live, played] = await Promise.all(
    [handler, replay].map(async ({ url }) => {
      const answer = await fetch(`${url}/a?b=1`);
      const bytes = Buffer.from(await answer.arrayBuffer());
      return `${answer.status} ${answer.headers.get('content-type')} ${bytes.toString('base64')}`;
    }),
  );
  return live === played ? 1 : 0;
}
