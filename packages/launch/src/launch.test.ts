import assert from 'node:assert/strict';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { markProcesses, waitUntil } from '@marteau/testkit';
import fc from 'fast-check';
import { launch } from './launch.ts';
import { sandboxes } from './sandboxes/registry.ts';
import type { LaunchSpec } from './spec.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin';
const DAEMON = '(setsid sh -c "sleep 1000 & sleep 1000" </dev/null >/dev/null 2>&1 &) ; echo started';

function sh(script: string, more: Partial<LaunchSpec> = {}): LaunchSpec {
  const env = { PATH, ...more.env };
  return { file: 'sh', args: ['-c', script], cwd: '/', signal: new AbortController().signal, ...more, env };
}

function node(script: string, more: Partial<LaunchSpec> = {}): LaunchSpec {
  return { ...sh('', more), file: process.execPath, args: ['-e', script] };
}

for (const sandbox of sandboxes) {
  describe(`launch in ${sandbox.name}`, {
    skip: !sandbox.isAvailable() && 'not permitted on this machine',
  }, () => {
    it('passes exit codes and signals through', async () => {
      const cases = [
        ['exit 0', 0, null, 'sh ended'],
        ['exit 3', 3, null, 'sh ended with exit code 3'],
        ['exit 255', 255, null, 'sh ended with exit code 255'],
        ['kill -KILL $$', 137, 'SIGKILL', 'sh was killed by SIGKILL (exit code 137)'],
        ['kill -TERM $$', 143, 'SIGTERM', 'sh was killed by SIGTERM (exit code 143)'],
        ['kill -SEGV $$', 139, 'SIGSEGV', 'sh was killed by SIGSEGV (exit code 139)'],
      ] as const;
      for (const [script, code, signal, sentence] of cases) {
        const exit = await launch(sh(script), sandbox).exited;
        assert.deepEqual(exit, { cause: 'exited', code, signal, sentence });
      }
    });

    it('gives the program its own environment, folder, input and output, and nothing else', async () => {
      const env = { PATH, 'odd.name/x': 'kept', EMPTY: '', LINES: 'a\nb' };
      const script =
        'process.stdin.pipe(process.stderr); console.log(JSON.stringify([process.env, process.cwd()]))';
      const program = launch(node(script, { env, cwd: '/usr', stdin: 'pipe' }), sandbox);
      program.stdin!.end('typed');
      const [out, err, exit] = await Promise.all([
        text(program.stdout),
        text(program.stderr),
        program.exited,
      ]);
      const [seen, folder] = JSON.parse(out) as [Record<string, string>, string];
      const { MARTEAU_LAUNCH, ...rest } = seen;
      assert.deepEqual(rest, env);
      assert.equal(MARTEAU_LAUNCH !== undefined, sandbox.name === 'process-group');
      assert.equal(folder, '/usr');
      assert.equal(err, 'typed');
      assert.equal(exit.code, 0);
    });

    it('passes every argument and variable on as it is', async () => {
      const special = [
        'PWD',
        'OLDPWD',
        'SHLVL',
        '_',
        'UID',
        'IFS',
        'OPTIND',
        'LANG',
        'LC_ALL',
        'BASH_VERSION',
      ];
      const names = fc.constantFrom('A', ...special, 'a.b', 'x-y', '1', 'ü');
      const value = fc
        .oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[\x01-\x7f]{0,20}$/))
        .map((word) => word.replaceAll('\0', ''));
      const list = async (file: string, args: string[], env: Record<string, string>) => {
        const output = await text(launch({ ...sh('', { env }), file, args }, sandbox).stdout);
        return output.split('\0').slice(0, -1);
      };
      await fc.assert(
        fc.asyncProperty(
          fc.array(value, { minLength: 1, maxLength: 4 }),
          fc.dictionary(names, value),
          async (args, env) => {
            assert.deepEqual(await list('printf', ['%s\\0', ...args], {}), args);
            const variables = await list('env', ['-0'], env);
            const seen = variables.filter((variable) => !variable.startsWith('MARTEAU_LAUNCH='));
            const given = Object.entries({ PATH, ...env }).map(([name, content]) => `${name}=${content}`);
            assert.deepEqual(seen.sort(), given.sort());
          },
        ),
        { numRuns: 30 },
      );
    });

    it('opens extra pipes, both ways, as descriptors 3 and 4', async () => {
      const script = `const { Socket } = require('node:net');
        for (const fd of [3, 4]) { const pipe = new Socket({ fd }); pipe.on('data', (data) => pipe.end(fd + ' got ' + data)); }`;
      const program = launch(node(script, { extraPipes: 2 }), sandbox);
      const answers = program.pipes.map((pipe, index) => {
        pipe.write(`hello ${index}`);
        return text(pipe);
      });
      assert.deepEqual(await Promise.all(answers), ['3 got hello 0', '4 got hello 1']);
      assert.equal((await program.exited).code, 0);
    });

    it('asks once with SIGTERM and lets the program end by itself', async () => {
      const script = `process.once('SIGTERM', () => setTimeout(() => { console.log('bye'); process.exit(5); }, 100));
        setInterval(() => {}, 1000); console.log('ready')`;
      const program = launch(node(script, { graceMs: 30_000 }), sandbox);
      const output = collect(program.stdout);
      await waitUntil('the program to be ready', () => output.text.includes('ready'));
      const exit = await program.stop();
      assert.deepEqual([exit.cause, exit.code, exit.sentence], ['stopped', 5, 'node was stopped']);
      await waitUntil('its last words', () => output.text === 'ready\nbye\n');
    });

    it('ends a program that has no handler for SIGTERM without waiting for the grace', async () => {
      const program = launch(sh('echo ready; exec sleep 1000', { graceMs: 300_000 }), sandbox);
      await once(program.stdout, 'data');
      const exit = await program.stop();
      assert.deepEqual([exit.cause, exit.signal], ['stopped', 'SIGTERM']);
    });

    it('kills a program that ignores SIGTERM, and a shorter grace counts', async () => {
      const program = launch(
        sh('trap "" TERM; echo ready; while :; do sleep 1; done', { graceMs: 300_000 }),
        sandbox,
      );
      await once(program.stdout, 'data');
      void program.stop();
      const exit = await program.stop({ graceMs: 50 });
      assert.deepEqual([exit.cause, exit.signal], ['stopped', 'SIGKILL']);
    });

    it('can be stopped at once after the start', async () => {
      for (let round = 0; round < 10; round++) {
        await using mark = markProcesses();
        const exit = await launch(sh('exec sleep 1000', { env: mark.env, graceMs: 300_000 }), sandbox).stop();
        assert.equal(exit.cause, 'stopped');
      }
    });

    it('stop() ends a daemon that has left the session and its parent', async () => {
      await using mark = markProcesses();
      const program = launch(sh(`${DAEMON}; exec sleep 1000`, { env: mark.env }), sandbox);
      await once(program.stdout, 'data');
      await waitUntil('the daemon and its child', () => mark.alive().filter(isSleep).length === 3);
      await program.stop();
      assert.deepEqual(mark.alive(), []);
    });

    it('ends what the program leaves behind when it exits', async () => {
      await using mark = markProcesses();
      const program = launch(sh(`${DAEMON}; sleep 0.1`, { env: mark.env }), sandbox);
      assert.equal((await program.exited).cause, 'exited');
      assert.deepEqual(mark.alive(), []);
    });

    it('ends it at the deadline, and when the signal aborts', async () => {
      await using mark = markProcesses();
      const late = await launch(sh(`${DAEMON}; exec sleep 1000`, { env: mark.env, deadlineMs: 200 }), sandbox)
        .exited;
      assert.deepEqual([late.cause, late.sentence], ['deadline', 'sh took longer than 200 ms and was ended']);
      const run = new AbortController();
      const program = launch(
        sh(`${DAEMON}; exec sleep 1000`, { env: mark.env, signal: run.signal }),
        sandbox,
      );
      await once(program.stdout, 'data');
      run.abort();
      assert.equal((await program.exited).cause, 'aborted');
      assert.deepEqual(mark.alive(), []);
    });

    it('ends a program that writes more than it may', async () => {
      const program = launch(sh('exec yes', { maxOutputBytes: 1_000_000 }), sandbox);
      const [out, exit] = await Promise.all([text(program.stdout), program.exited]);
      assert.equal(exit.cause, 'output-limit');
      assert.equal(exit.sentence, 'sh wrote more than 1000000 bytes and was ended');
      assert.ok(out.length <= 1_000_000, `${out.length}`);
    });

    it('keeps a program within its memory', {
      skip: process.platform !== 'linux' && 'only Linux can',
    }, async () => {
      const spec = { ...sh(''), file: 'dd', args: ['bs=300M', 'count=1', 'if=/dev/zero', 'of=/dev/null'] };
      const small = launch({ ...spec, maxMemoryBytes: 100_000_000 }, sandbox);
      const [said, exit] = await Promise.all([text(small.stderr), small.exited]);
      assert.match(said, /memory exhausted/);
      assert.equal(exit.code, 1);
      assert.equal((await launch({ ...spec, maxMemoryBytes: 1_000_000_000 }, sandbox).exited).code, 0);
    });

    it('holds a program back whose output nobody reads, in flat memory', async () => {
      await using program = launch(sh('exec head -c 2G /dev/zero'), sandbox);
      const before = process.memoryUsage().rss;
      program.stdout.pause();
      let bytes = 0;
      for await (const chunk of program.stdout) {
        bytes += (chunk as Buffer).length;
        if (bytes > 20_000_000) break;
        await new Promise(setImmediate);
      }
      assert.ok(process.memoryUsage().rss - before < 100_000_000);
    });
  });
}

function isSleep({ command }: { command: string }): boolean {
  return command.startsWith('sleep');
}

function collect(stream: NodeJS.ReadableStream): { text: string } {
  const output = { text: '' };
  stream.on('data', (chunk) => {
    output.text += String(chunk);
  });
  return output;
}
