// Scripts that cannot run, tools that misbehave: the sentence says why, nothing is made up, and nothing is left.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { missingTool } from './missing-tool.ts';
import { runProject } from './run-project.ts';
import { startShop } from './shop.ts';

type Options = Partial<Parameters<typeof runProject>[0]>;

/** Runs a project of these files against a shop. */
async function run(files: Record<string, string>, options: Options = {}) {
  await using folder = await createTempFolder();
  await using shop = await startShop();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder.path, path)), { recursive: true });
    await writeFile(join(folder.path, path), text, { mode: 0o755 });
  }
  const { merged } = await runProject({ project: folder.path, target: shop.url, nodes: 1, ...options });
  const requests = merged.labels.filter(({ kind }) => kind === 'request').flatMap(({ steps }) => steps);
  return { merged, told: requests.reduce((sum, { count }) => sum + count, 0), seen: shop.total() };
}

const target = 'target: http://127.0.0.1:1\n';
const k6 = (script: string) => ({ '.marteau.yml': `script: a.js\nrunner: k6\n${target}`, 'a.js': script });
const locust = (script: string, more = '') => ({
  '.marteau.yml': `script: locustfile.py\n${target}load: [{users: 2, for: 3s, ramp: 0s}]\n${more}`,
  'locustfile.py': script,
});
const visitor = `from locust import HttpUser, constant, task


class Visitor(HttpUser):
    wait_time = constant(0.1)

    @task
    def look(self):
        self.client.get("/")
`;

describe('k6', { skip: missingTool('k6') }, () => {
  for (const [what, script, sentence] of [
    [
      'a syntax error',
      'export default function () {',
      /exit code 107: the script threw .*Unexpected end of input/s,
    ],
    [
      'an extension that is not there',
      "import sql from 'k6/x/sql'; export default function () { sql.open(); }",
      /k6\/x\/sql/,
    ],
    [
      'a module of another version',
      "import x from 'k6/experimental/timers-of-2031'; export default function () { x(); }",
      /unknown module|cannot be resolved|moduleSpecifier|timers-of-2031/,
    ],
    [
      'a module from the internet',
      "import { check } from 'https://jslib.invalid/k6-utils/1.0/index.js'; export default function () { check(); }",
      /jslib\.invalid/,
    ],
  ] as const)
    test(what, async () => {
      await assert.rejects(run(k6(script)), ({ message }: Error) => {
        assert.match(message, sentence);
        return true;
      });
    });
});

describe('Locust', { skip: missingTool('locust') }, () => {
  test('a syntax error', async () => {
    await assert.rejects(
      run(locust('from locust import HttpUser\nclass X(:\n')),
      /Locust ended before .*SyntaxError|SyntaxError/s,
    );
  });

  test('a package that is not there', async () => {
    await assert.rejects(run(locust(`import nosuchpackage\n${visitor}`)), /nosuchpackage/);
  });

  test('a locustfile that forks: what its processes did is in one report', async () => {
    const { told, seen, merged } = await run(locust(visitor, 'env: {LOCUST_PROCESSES: "2"}\n'));
    assert.ok(told > 10 && seen - told >= 0 && seen - told <= 2, `told ${told}, seen ${seen}`);
    assert.equal(merged.source?.precision, 'raw');
  });

  test('every request fails, and the run has not passed by an exit code', async () => {
    const { merged } = await run(locust(visitor.replace('"/"', '"http://127.0.0.1:1/"')));
    const [label] = merged.labels.filter(({ kind }) => kind === 'request');
    assert.equal(label!.steps[0]!.errors, label!.steps[0]!.count);
  });
});

const samples = (host: string, more = '') => `<?xml version="1.0" encoding="UTF-8"?>
<jmeterTestPlan version="1.2" properties="5.0" jmeter="5.6.3"><hashTree>
<TestPlan guiclass="TestPlanGui" testclass="TestPlan" testname="Shop" enabled="true"/><hashTree>
<ThreadGroup guiclass="ThreadGroupGui" testclass="ThreadGroup" testname="V" enabled="true">
<elementProp name="ThreadGroup.main_controller" elementType="LoopController" guiclass="LoopControlPanel" testclass="LoopController" enabled="true"><boolProp name="LoopController.continue_forever">false</boolProp><stringProp name="LoopController.loops">5</stringProp></elementProp>
<stringProp name="ThreadGroup.num_threads">2</stringProp><stringProp name="ThreadGroup.ramp_time">0</stringProp>
</ThreadGroup><hashTree>
<HTTPSamplerProxy guiclass="HttpTestSampleGui" testclass="HTTPSamplerProxy" testname="GET /" enabled="true">
<elementProp name="HTTPsampler.Arguments" elementType="Arguments"><collectionProp name="Arguments.arguments"/></elementProp>
<stringProp name="HTTPSampler.domain">${host}</stringProp><stringProp name="HTTPSampler.port">1</stringProp><stringProp name="HTTPSampler.protocol">http</stringProp>
<stringProp name="HTTPSampler.path">/</stringProp><stringProp name="HTTPSampler.method">GET</stringProp>
</HTTPSamplerProxy><hashTree/>${more}
</hashTree></hashTree></hashTree></jmeterTestPlan>
`;

describe('JMeter', { skip: missingTool('jmeter') }, () => {
  const plan = (text: string) => ({ '.marteau.yml': `script: a.jmx\n${target}`, 'a.jmx': text });

  test('every sample failed, and exit code 0 is no verdict', async () => {
    const { merged, told } = await run(plan(samples('127.0.0.1')));
    const [label] = merged.labels;
    assert.equal(told, 10);
    assert.equal(label!.steps[0]!.errors, 10);
    assert.deepEqual(merged.source!.exits, []);
  });

  test('a plugin that is not there is named', async () => {
    const plugin =
      '<kg.apc.jmeter.timers.VariableThroughputTimer guiclass="x" testclass="kg.apc.jmeter.timers.VariableThroughputTimer" testname="T" enabled="true"/><hashTree/>';
    await assert.rejects(
      run(plan(samples('127.0.0.1', plugin))),
      /kg\.apc\.jmeter\.timers\.VariableThroughputTimer/,
    );
  });
});

test('Artillery: a script that is none', { skip: missingTool('artillery') }, async () => {
  const files = {
    '.marteau.yml': `script: a.yml\nrunner: artillery\n${target}`,
    'a.yml': 'config:\n  phases: 3\nscenarios:\n  x: 1\n',
  };
  await assert.rejects(run(files), /Artillery ended before anything was measured/);
});

describe('any command', () => {
  test('that prints 200 MB beside what it measured', async () => {
    const load = `#!/bin/sh
echo end_ms,elapsed_ms,label,status > out.csv
for i in 1 2 3; do echo "$(date +%s)000,5,GET /,200" >> out.csv; done
yes xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx | head -c 200000000
`;
    const said: string[] = [];
    said.push = () => 0; // a console keeps what it has room for
    const { told } = await run(
      { '.marteau.yml': `command: ./load.sh\nresults: {file: out.csv, format: csv}\n`, 'load.sh': load },
      { said },
    );
    assert.equal(told, 3);
  });

  test('that ignores SIGTERM is killed in the end, and what was measured by then is kept', async () => {
    const load = `process.on('SIGTERM', () => {});
console.log('end_ms,elapsed_ms,label,status');
setInterval(() => console.log(\`\${Date.now()},5,GET /,200\`), 50);
`;
    const { merged, told } = await run(
      { '.marteau.yml': `command: node load.mjs\nresults: {format: csv}\n`, 'load.mjs': load },
      { stopAfter: 5 },
    );
    assert.ok(told >= 5);
    assert.equal(merged.stopped, true);
  });
});
