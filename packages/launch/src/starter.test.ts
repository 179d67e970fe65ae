import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { markProcesses, waitUntil } from '@marteau/testkit';
import { sweepLeftovers } from './leftovers.ts';
import { pidNamespace } from './sandboxes/namespace.ts';
import { sandboxes, strongestSandbox } from './sandboxes/registry.ts';

const isRoot = process.getuid?.() === 0;
// May read this repository, wherever root has cloned it.
const MAY_READ = ['--inh-caps', '+dac_read_search', '--ambient-caps', '+dac_read_search'];
const AS_NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', ...MAY_READ];
const WITHOUT_NAMESPACES = [
  ...['unshare', '--user', '--map-root-user', 'sh', '-c'],
  'for kind in max_user_namespaces max_pid_namespaces; do echo 0 > /proc/sys/user/$kind; done; exec "$@"',
  'sh',
];
const DAEMON =
  '(setsid sh -c "sleep 1000 & sleep 1000" </dev/null >/dev/null 2>&1 &) ; trap "" TERM; echo up; while :; do sleep 1; done';

/** A process that launches a program with a daemon and says which sandbox it chose once both run. */
function starter(env: Record<string, string>, then: string, prefix: readonly string[] = []): ChildProcess {
  const script = `
    const { launch } = await import(${JSON.stringify(import.meta.resolve('./launch.ts'))});
    const { sandboxes, strongestSandbox } = await import(${JSON.stringify(import.meta.resolve('./sandboxes/registry.ts'))});
    const sandbox = sandboxes.find(({ name }) => name === process.env.SANDBOX) ?? strongestSandbox();
    const { PATH, MARTEAU_TEST_MARK } = process.env;
    const program = launch({ file: 'sh', args: ['-c', ${JSON.stringify(DAEMON)}], cwd: '/', env: { PATH, MARTEAU_TEST_MARK },
      signal: new AbortController().signal, graceMs: 100 }, sandbox);
    program.stdout.once('data', async () => { console.log(sandbox.name); ${then} });`;
  const [file, ...args] = [...prefix, process.execPath, '--input-type=module', '-e', script];
  return spawn(file!, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: '/usr/bin:/bin', ...env } });
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [line] = await once(createInterface(child.stdout!), 'line');
  return line as string;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe('a starter that is killed', () => {
  for (const sandbox of sandboxes) {
    it(`leaves nothing in ${sandbox.name}`, {
      skip: !sandbox.isAvailable() && 'not permitted here',
    }, async () => {
      await using mark = markProcesses();
      const child = starter({ ...mark.env, SANDBOX: sandbox.name }, '');
      assert.equal(await firstLine(child), sandbox.name);
      await waitUntil('program and daemon', () => mark.alive().length >= 5);
      await kill(child);
      if (sandbox.name === 'process-group') {
        assert.ok(mark.alive().length > 0, 'here the sweep at the next start has to do it');
        sweepLeftovers();
      }
      await mark.assertNoneLeft();
    });
  }

  it('leaves nothing when it ends in an orderly way either', async () => {
    for (const { name } of sandboxes.filter((sandbox) => sandbox.isAvailable())) {
      await using mark = markProcesses();
      const child = starter({ ...mark.env, SANDBOX: name }, 'process.exit(4)');
      assert.deepEqual(await once(child, 'exit'), [4, null]);
      await mark.assertNoneLeft();
    }
  });
});

describe('sweepLeftovers', () => {
  it('spares the launches of starters that live', async () => {
    await using mark = markProcesses();
    const child = starter(
      { ...mark.env, SANDBOX: 'process-group' },
      'setTimeout(async () => process.exit((await program.stop()).code), 60_000)',
    );
    await firstLine(child);
    // Other tests sweep at the same time, and leave something to be swept: only what is ours is looked at.
    const ours = mark.alive().map(({ pid }) => pid);
    assert.deepEqual(
      sweepLeftovers().filter((pid) => ours.includes(pid)),
      [],
    );
    assert.ok(mark.alive().length >= ours.length);
    await kill(child);
    sweepLeftovers();
    await mark.assertNoneLeft();
  });
});

const AS_CONTAINER = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];

it('sweepLeftovers spares what a Marteau in a container has started, whose numbers are others outside', {
  skip: !isPermitted(...AS_CONTAINER, 'true') && 'not permitted here',
}, async () => {
  await using mark = markProcesses();
  const child = starter({ ...mark.env, SANDBOX: 'process-group' }, '', AS_CONTAINER);
  assert.equal(await firstLine(child), 'process-group');
  const inside = mark.alive().map(({ pid }) => pid);
  assert.deepEqual(
    sweepLeftovers().filter((pid) => inside.includes(pid)),
    [],
  );
  await kill(child);
  await mark.assertNoneLeft();
});

/** Whether this machine lets us do so: in a container it may not. */
function isPermitted(...[file, ...args]: string[]): boolean {
  return spawnSync(file!, args, { stdio: 'ignore' }).status === 0;
}

const mayBeNobody =
  isRoot &&
  isPermitted(
    ...AS_NOBODY,
    'unshare',
    '--user',
    '--map-current-user',
    '--pid',
    '--fork',
    '--mount-proc',
    'true',
  );
const mayForbid = isPermitted(...WITHOUT_NAMESPACES, 'true');

describe('the choice of a sandbox', () => {
  const cases = [
    { who: 'root', prefix: [], expected: 'pid-namespace', isHere: isRoot && pidNamespace.isAvailable() },
    { who: 'not root', prefix: AS_NOBODY, expected: 'user-namespace', isHere: mayBeNobody },
    {
      who: 'a machine that permits no namespaces',
      prefix: mayForbid ? WITHOUT_NAMESPACES : [],
      expected: 'process-group',
      isHere: mayForbid || !strongestSandbox().isSealed,
    },
  ];
  for (const { who, prefix, expected, isHere } of cases) {
    it(`for ${who} is ${expected}, and stop() ends all there`, {
      skip: !isHere && 'not permitted on this machine',
    }, async () => {
      await using mark = markProcesses();
      const child = starter(
        mark.env,
        'const { signal } = await program.stop(); console.log(signal);',
        prefix,
      );
      const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
      assert.equal((await lines.next()).value, expected);
      assert.equal((await lines.next()).value, 'SIGKILL');
      await once(child, 'exit');
      assert.deepEqual(mark.alive(), []);
    });
  }

  it('leaves nothing when the starter that is not root is killed', {
    skip: !mayBeNobody && 'not permitted on this machine',
  }, async () => {
    await using mark = markProcesses();
    const child = starter(mark.env, '', AS_NOBODY);
    assert.equal(await firstLine(child), 'user-namespace');
    await kill(child);
    await mark.assertNoneLeft();
  });
});
