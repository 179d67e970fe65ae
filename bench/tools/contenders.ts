import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What a tool itself says of a run, ms. */
export type Summary = Readonly<Record<'p50' | 'p95' | 'p99', number>>;

/** Many requests as fast as a tool can, with what it has written of them. */
export interface Fast {
  files(url: string): Record<string, string>;
  readonly format: 'k6-json' | 'jtl' | 'gatling-log' | 'locust-lines';
  /** Where that is, relative to the folder of what it writes. */
  readonly written: string;
}

/** A tool of others with the same load: so many iterations of one request, at a rate or by users. */
export interface Contender {
  readonly name: string;
  /** On the PATH. */
  readonly program: string;
  /** Whether it is told a rate; else users that wait between their requests. */
  readonly isOpen: boolean;
  /** Requests end it, and not its time. */
  readonly isCounted: boolean;
  /** ms, or a part of the figure, whichever is more: what two figures of one time may be apart. */
  readonly resolution: { readonly ms: number; readonly part: number };
  files(url: string): Record<string, string>;
  /** The same as fast as it can, for what it costs; absent where its output is not read piece by piece. */
  readonly fast?: Fast;
  /** @param out its folder, absolute; @param said what it printed */
  summary(out: string, said: string): Promise<Summary>;
}

export const RATE = 200;
export const SECONDS = 6;
const USERS = 10;
/** Between two requests of a user, ms: about as many a second as at the rate. */
const THINK_MS = 45;
/** For what a request costs: starting is a small part of it then. */
const MANY = 30_000;

/** The number behind a name in a text. */
function numberIn(text: string, pattern: RegExp): number {
  const [, number] = pattern.exec(text) ?? [];
  return number === undefined ? Number.NaN : Number(number);
}

const load = `load: [{rate: ${RATE}/s, for: ${SECONDS}s}]\n`;
const users = `load: [{users: ${USERS}, for: ${SECONDS}s, ramp: 0s}]\n`;

const k6: Contender = {
  name: 'k6',
  program: 'k6',
  isOpen: true,
  isCounted: false,
  resolution: { ms: 0.1, part: 0.001 },
  files: (url) => ({
    '.marteau.yml': `script: shop.js\ntarget: ${url}\nenv: {K6_SUMMARY_TREND_STATS: "med,p(95),p(99)"}\n${load}`,
    'shop.js': `import http from 'k6/http';
export default function () { http.get(__ENV.MARTEAU_TARGET + '/'); }
`,
  }),
  fast: {
    files: (url) => ({
      '.marteau.yml': `command: k6 run --quiet --no-usage-report --out json=k6.jsonl -u ${USERS} -i ${MANY} shop.js
results: {file: k6.jsonl, format: k6-json}
target: ${url}
`,
      'shop.js': `import http from 'k6/http';
export default function () { http.get(__ENV.MARTEAU_TARGET + '/'); }
`,
    }),
    format: 'k6-json',
    written: '../tree/k6.jsonl',
  },
  async summary(out) {
    const { metrics } = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
    const { med, 'p(95)': p95, 'p(99)': p99 } = metrics.http_req_duration;
    return { p50: med, p95, p99 };
  },
};

const jmeter: Contender = {
  name: 'JMeter',
  program: 'jmeter',
  isOpen: false,
  isCounted: true,
  resolution: { ms: 1, part: 0 },
  files: (url) => ({
    '.marteau.yml': `script: shop.jmx\ntarget: ${url}\n`,
    'shop.jmx': plan(Math.round((RATE * SECONDS) / USERS), THINK_MS),
  }),
  fast: {
    files: (url) => ({
      '.marteau.yml': `script: shop.jmx\ntarget: ${url}\n`,
      'shop.jmx': plan(MANY / USERS, 0),
    }),
    format: 'jtl',
    written: 'results.jtl',
  },
  async summary(out) {
    const folder = await mkdtemp(join(out, 'report-'));
    // Its report from the same file, with all of the values.
    const args = ['-g', join(out, 'results.jtl'), '-o', join(folder, 'html'), '-j', join(folder, 'log')];
    execFileSync('jmeter', [...args, '-Jjmeter.reportgenerator.statistic_window=1000000', ...percentiles], {
      cwd: folder,
      stdio: 'ignore',
    });
    const { Total } = JSON.parse(readFileSync(join(folder, 'html/statistics.json'), 'utf8'));
    return { p50: Total.pct1ResTime, p95: Total.pct2ResTime, p99: Total.pct3ResTime };
  },
};

const percentiles = [50, 95, 99].map((percentile, index) => `-Jaggregate_rpt_pct${index + 1}=${percentile}`);

function plan(loops: number, thinkMs: number): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<jmeterTestPlan version="1.2" properties="5.0" jmeter="5.6.3"><hashTree>
<TestPlan guiclass="TestPlanGui" testclass="TestPlan" testname="Shop" enabled="true"/><hashTree>
<ThreadGroup guiclass="ThreadGroupGui" testclass="ThreadGroup" testname="Visitors" enabled="true">
<elementProp name="ThreadGroup.main_controller" elementType="LoopController" guiclass="LoopControlPanel" testclass="LoopController" enabled="true"><boolProp name="LoopController.continue_forever">false</boolProp><stringProp name="LoopController.loops">${loops}</stringProp></elementProp>
<stringProp name="ThreadGroup.num_threads">${USERS}</stringProp><stringProp name="ThreadGroup.ramp_time">0</stringProp>
</ThreadGroup><hashTree>
<ConstantTimer guiclass="ConstantTimerGui" testclass="ConstantTimer" testname="Think" enabled="true"><stringProp name="ConstantTimer.delay">${thinkMs}</stringProp></ConstantTimer><hashTree/>
<HTTPSamplerProxy guiclass="HttpTestSampleGui" testclass="HTTPSamplerProxy" testname="GET /" enabled="true">
<elementProp name="HTTPsampler.Arguments" elementType="Arguments"><collectionProp name="Arguments.arguments"/></elementProp>
<stringProp name="HTTPSampler.domain">\${__P(host)}</stringProp><stringProp name="HTTPSampler.port">\${__P(port)}</stringProp><stringProp name="HTTPSampler.protocol">http</stringProp>
<stringProp name="HTTPSampler.path">/</stringProp><stringProp name="HTTPSampler.method">GET</stringProp><boolProp name="HTTPSampler.use_keepalive">true</boolProp>
</HTTPSamplerProxy><hashTree/>
</hashTree></hashTree></hashTree></jmeterTestPlan>
`;
}

const root = join(import.meta.dirname, '../..');

/** @param for_ its load, as in .marteau.yml */
const gatlingProject = (url: string, for_: string): Record<string, string> => ({
  '.marteau.yml': `script: src/test/java/shop/Bench.java\ntarget: ${url}\nsetup: mvn -B -q test-compile\n${for_}`,
  // What Maven has fetched before on this machine.
  '.mvn/maven.config': `-Dmaven.repo.local=${join(homedir(), '.m2/repository')}\n`,
  'pom.xml': readFileSync(join(root, 'examples/gatling/pom.xml'), 'utf8'),
  'src/test/java/shop/Bench.java': `package shop;
import static io.gatling.javaapi.core.CoreDsl.*;
import static io.gatling.javaapi.http.HttpDsl.*;
import io.gatling.javaapi.core.*;
public class Bench extends Simulation {
  {
    double rate = Double.parseDouble(System.getProperty("rate"));
    setUp(scenario("bench").exec(http("GET /").get("/")).injectOpen(constantUsersPerSec(rate).during(Integer.getInteger("duration"))))
        .protocols(http.baseUrl(System.getProperty("target")).shareConnections());
  }
}
`,
});

const gatling: Contender = {
  name: 'Gatling',
  program: 'mvn',
  isOpen: true,
  isCounted: true,
  resolution: { ms: 1, part: 0 },
  files: (url) => gatlingProject(url, load),
  fast: {
    files: (url) => gatlingProject(url, `load: [{rate: ${MANY / 15}/s, for: 15s}]\n`),
    format: 'gatling-log',
    written: 'gatling',
  },
  async summary(out) {
    // Its report from the same log, which it prints, too.
    const folder = execFileSync('sh', ['-c', 'cd "$1/gatling" && ls -d */', 'sh', out], { encoding: 'utf8' })
      .trim()
      .replace('/', '');
    const args = [
      '-B',
      'gatling:test',
      `-Dgatling.reportsOnly=${folder}`,
      `-Dgatling.resultsFolder=${join(out, 'gatling')}`,
    ];
    const said = execFileSync('mvn', args, { cwd: join(out, '../tree'), encoding: 'utf8' });
    const of = (name: string) =>
      numberIn(said, new RegExp(`response time ${name} percentile[^\\d]*?([\\d.]+)`));
    return { p50: of('50th'), p95: of('95th'), p99: of('99th') };
  },
};

const locustProject = (url: string, thinkMs: number): Record<string, string> => ({
  '.marteau.yml': `script: locustfile.py\ntarget: ${url}\n${users}`,
  'locustfile.py': `from locust import HttpUser, constant, task


class Visitor(HttpUser):
    wait_time = constant(${thinkMs / 1000})

    @task
    def look(self):
        self.client.get("/")
`,
});

const locust: Contender = {
  name: 'Locust',
  program: 'locust',
  isOpen: false,
  isCounted: false,
  // It rounds what it sums up: to two digits from 100 ms on, to whole ms below.
  resolution: { ms: 1, part: 0.05 },
  files: (url) => locustProject(url, THINK_MS),
  fast: { files: (url) => locustProject(url, 0), format: 'locust-lines', written: 'locust.jsonl' },
  async summary(_out, said) {
    const [, row = ''] = /percentiles \(approximated\)[\s\S]*?Aggregated\s+([\d. ]+)/.exec(said) ?? [];
    // 50 66 75 80 90 95 98 99 99.9 99.99 100 %, and the count.
    const values = row.trim().split(/\s+/).map(Number);
    return { p50: values[0]!, p95: values[5]!, p99: values[7]! };
  },
};

const vegeta: Contender = {
  name: 'vegeta',
  program: 'vegeta',
  isOpen: true,
  isCounted: true,
  resolution: { ms: 0.1, part: 0.001 },
  files: (url) => ({
    '.marteau.yml': `command: ./attack.sh\nresults: {format: vegeta-csv}\ntarget: ${url}\n${load}`,
    'attack.sh': `#!/bin/sh
echo "GET $MARTEAU_TARGET/" | vegeta attack -rate $MARTEAU_RATE/s -duration \${MARTEAU_DURATION}s | tee ../out/all.bin | vegeta encode -to csv
`,
  }),
  async summary(out) {
    const printed = execFileSync('vegeta', ['report', '-type=json', join(out, 'all.bin')], {
      encoding: 'utf8',
    });
    const { '50th': p50, '95th': p95, '99th': p99 } = JSON.parse(printed).latencies;
    return { p50: p50 / 1e6, p95: p95 / 1e6, p99: p99 / 1e6 };
  },
};

const artillery: Contender = {
  name: 'Artillery',
  program: 'artillery',
  isOpen: true,
  isCounted: true,
  resolution: { ms: 0.1, part: 0.02 },
  files: (url) => ({
    '.marteau.yml': `script: shop.yml\ntarget: ${url}\n${load}`,
    'shop.yml': `config:
  target: ${url}
  phases: [{duration: 1, arrivalRate: 1}]
scenarios:
  - flow: [{get: {url: "/"}}]
`,
  }),
  async summary(_out, said) {
    const [, report = ''] = said.split('Summary report');
    const [, times = ''] =
      /http\.response_time:([\s\S]*?)(?:http\.response_time\.|http\.responses)/.exec(report) ?? [];
    const of = (name: string) => numberIn(times, new RegExp(`${name}:[. ]+([\\d.]+)`));
    return { p50: of('median'), p95: of('p95'), p99: of('p99') };
  },
};

export const contenders: readonly Contender[] = [k6, gatling, jmeter, locust, vegeta, artillery];
