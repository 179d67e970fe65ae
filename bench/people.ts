import { projectId, type Store } from '@marteau/store';
import { type AppProcess, createTempFolder, startApp, startRedis, waitUntil } from '@marteau/testkit';
import { Redis } from 'ioredis';
import { createHostRoles } from '../apps/web/src/rights/host-roles.ts';
import { createRights } from '../apps/web/src/rights/rights.ts';
import { type Bench, median, type Row } from './bench.ts';
import { processorTime } from './load/processor-time.ts';
import { requestsPerSecond } from './web/requests.ts';
import { projectNumber, storeWithRuns } from './web/runs.ts';

const runs = 100_000;
const projects = 1000;
const ownProjects = 20;
const few = 100;
const many = 10_000;
const checks = 200_000;
const signIns = 200;
const seconds = 4;

/** What accounts cost, with many people, projects and runs. */
export const bench: Bench = {
  name: 'people',
  about: `accounts: ${many.toLocaleString('en')} people, ${projects} projects, ${runs.toLocaleString('en')} runs; home, a check of rights, a sign-in by mail`,
  goals: {
    home_vs_no_accounts: { better: 'lower', goal: 1.2 },
    home_cost_100_vs_10000_people: { better: 'lower', goal: 1.2 },
    check_us: { better: 'lower', goal: 50 },
    sign_in_p99_ms: { better: 'lower', goal: 300 },
  },
  async run({ rounds, say }) {
    await using redis = await startRedis();
    await using folder = await createTempFolder();
    say(`making ${runs} runs`);
    const store = await storeWithRuns(redis.url, folder.path, runs, projects);
    for (let n = 0; n < projects; n++) await store.projects.make(projectNumber(n));
    const env = { REDIS_URL: redis.url, MARTEAU_DATA: folder.path, PORT: '0', MARTEAU_ALLOW_PRIVATE: '1' };
    await using open = await startApp('apps/web/src/server.ts', { env });
    await using closed = await startApp('apps/web/src/server.ts', {
      env: { ...env, MARTEAU_ADMIN: 'ana@example.com' },
    });
    const cookie = await personWithProjects(store);
    await makePeople(store, 0, few);
    const costs = { open: [] as number[], few: [] as number[], many: [] as number[] };
    const headers = { cookie };
    for (let round = 1; round <= rounds; round++) {
      say(`round ${round} of ${rounds}, ${few} people`);
      costs.open.push(await costOfHome(open, {}));
      costs.few.push(await costOfHome(closed, headers));
    }
    say(`making ${many} people`);
    await makePeople(store, few, many);
    for (let round = 1; round <= rounds; round++) {
      say(`round ${round} of ${rounds}, ${many} people`);
      costs.open.push(await costOfHome(open, {}));
      costs.many.push(await costOfHome(closed, headers));
    }
    const checkUs = await costOfCheck(store);
    say(`${signIns} sign-ins`);
    const times = await signInTimes(closed, redis.url);
    const p99 = times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)]!;
    await store.close();
    const row = (name: string, metric: string, value: number, unit: string): Row => ({
      case: name,
      metric,
      value,
      unit,
    });
    return {
      rows: [
        row('home, no accounts', 'CPU per request', median(costs.open), 'µs'),
        row(`home of one person, ${few} people`, 'CPU per request', median(costs.few), 'µs'),
        row(`home of one person, ${many} people`, 'CPU per request', median(costs.many), 'µs'),
        row('a check of rights, remembered', 'CPU', checkUs, 'µs'),
        row('a sign-in by mail, asked and used', 'p50', median(times), 'ms'),
        row('a sign-in by mail, asked and used', 'p99', p99, 'ms'),
      ],
      ratios: {
        home_vs_no_accounts: median(costs.many) / median(costs.open),
        home_cost_100_vs_10000_people: median(costs.many) / median(costs.few),
        check_us: checkUs,
        sign_in_p99_ms: p99,
      },
    };
  },
};

/** Processor time of the web, in µs a request. */
async function costOfHome(app: AppProcess, headers: Record<string, string>): Promise<number> {
  // The first page of all is made of what a server that has run for a while remembers.
  await (await fetch(`${app.url}/`, { headers })).text();
  await requestsPerSecond(`${app.url}/`, seconds, headers);
  const before = processorTime(app.pid);
  const { rate } = await requestsPerSecond(`${app.url}/`, seconds, headers);
  return (processorTime(app.pid) - before) / (rate * seconds);
}

async function personWithProjects(store: Store): Promise<string> {
  const { person } = await store.people.make({ issuer: 'mail', subject: 'ben@example.com', name: 'Ben' });
  for (let n = 0; n < ownProjects; n++)
    await store.projects.share(projectId(projectNumber(n)), person.id, 'runner');
  const about = { person: person.id, way: 'mail', agent: 'bench', address: '' };
  return `marteau=${await store.personSessions.begin(about)}`;
}

async function makePeople(store: Store, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n += 100)
    await Promise.all(
      Array.from({ length: Math.min(100, to - n) }, (_, i) =>
        store.people.make({ issuer: 'mail', subject: `person${n + i}@example.com`, name: `Person ${n + i}` }),
      ),
    );
}

async function costOfCheck(store: Store): Promise<number> {
  const hosts = createHostRoles(store, [], { warn() {} });
  const rights = createRights(store, hosts, []);
  const ben = (await store.people.find({ issuer: 'mail', subject: 'ben@example.com' }))!;
  const version = await store.people.version();
  const ids = Array.from({ length: projects }, (_, n) => projectId(projectNumber(n)));
  const before = process.cpuUsage();
  let allowed = 0;
  for (let n = 0; n < checks; n++)
    allowed += Number((await rights.ofPerson(ben, version)).may(ids[n % projects]!, 'runner', 'submit'));
  const { user, system } = process.cpuUsage(before);
  if (allowed !== (checks / projects) * ownProjects) throw new Error(`${allowed} checks were passed`);
  return (user + system) / checks;
}

/** From the form to the session, without the time of the mail's way, in ms. */
async function signInTimes(app: AppProcess, redisUrl: string): Promise<number[]> {
  const redis = new Redis(redisUrl);
  const times: number[] = [];
  for (let n = 0; n < signIns; n++) {
    // Limits an hour are for people.
    const tries = await redis.keys('marteau:1:tries:*');
    if (tries.length > 0) await redis.del(...tries);
    const page = await fetch(`${app.url}/sign-in`);
    const csrf = page.headers.getSetCookie()[0]!.split(';')[0]!;
    const send = (path: string, cookie: string, fields: Record<string, string>) =>
      fetch(app.url + path, {
        method: 'POST',
        headers: { cookie },
        body: new URLSearchParams({ ...fields, _csrf: csrf.split('=')[1]! }),
        redirect: 'manual',
      });
    const told = app.output().length;
    let begun = performance.now();
    const asked = await send('/sign-in/mail', csrf, { mail: `person${n}@example.com` });
    await asked.text();
    const first = performance.now() - begun;
    const kept = asked.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const link = await waitUntil('the mail', () => /#([\w-]{43})/.exec(app.output().slice(told)));
    begun = performance.now();
    const done = await send('/sign-in/link', `${csrf}; ${kept}`, { code: link[1]! });
    if (done.status !== 303) throw new Error(`a sign-in ended with ${done.status}: ${await done.text()}`);
    times.push(first + performance.now() - begun);
  }
  redis.disconnect();
  return times;
}
