import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { launch } from './launch.ts';
import type { Launch } from './launcher.ts';
import type { LaunchSpec } from './spec.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin';

function sh(script: string, more: Partial<LaunchSpec> = {}): LaunchSpec {
  const env = { PATH, ...more.env };
  return { file: 'sh', args: ['-c', script], cwd: '/', signal: new AbortController().signal, ...more, env };
}

describe('launch', () => {
  it('is a launcher as the parts of the house want one that may not import it', async () => {
    const asTheySee: Launch = launch;
    const program = await asTheySee({
      ...sh('cat >&3'),
      args: ['-c', 'cat >&3'],
      stdin: 'pipe',
      extraPipes: 1,
    });
    program.stdin!.end('hello');
    assert.equal(await text(program.pipes[0]!), 'hello');
    assert.equal((await program.exited).sentence, 'sh ended');
  });

  const never = (more: Partial<LaunchSpec>) => launch(sh('echo no', more));

  it('names what keeps a program from starting', async () => {
    const cases: [Partial<LaunchSpec>, string][] = [
      [{ file: 'python33' }, 'python33 is not on this node'],
      [{ file: './nothing/here' }, './nothing/here is not on this node'],
      [{ file: '' }, 'a program without a name is not on this node'],
      [{ file: '/etc' }, '/etc is not on this node'],
      [{ file: '/etc/passwd/x' }, '/etc/passwd/x is not on this node'],
      [{ file: '/etc/passwd' }, '/etc/passwd may not be executed (chmod +x would allow it)'],
      [{ cwd: '/nowhere' }, 'the folder /nowhere, in which sh should start, does not exist'],
      [{ file: 'sh', env: { PATH: '/nowhere' } }, 'sh is not on this node'],
    ];
    for (const [more, sentence] of cases) {
      const program = never(more);
      assert.equal(program.pid, undefined);
      assert.deepEqual(await program.exited, {
        cause: 'could-not-start',
        code: null,
        signal: null,
        sentence,
      });
      assert.deepEqual(await program.stop(), await program.exited);
      assert.equal(await text(program.stdout), '');
    }
  });

  it('names what the system refuses', async () => {
    const cases: [Partial<LaunchSpec>, RegExp][] = [
      [
        { args: ['x'.repeat(131_072)] },
        /^sh could not be started: its arguments and variables are too long$/,
      ],
      [{ args: Array.from({ length: 300 }, () => 'x'.repeat(10_000)) }, /are too long$/],
      [{ args: ['a\0b'] }, /: an argument or a variable holds a zero byte$/],
      [{ env: { PATH, A: 'a\0b' } }, /: an argument or a variable holds a zero byte$/],
      [{ env: { PATH, 'A=B': 'c' } }, /: a variable has no proper name$/],
    ];
    for (const [more, sentence] of cases) {
      const exit = await launch({ ...sh(''), ...more }).exited;
      assert.equal(exit.cause, 'could-not-start');
      assert.match(exit.sentence, sentence);
    }
  });

  it('says so when this process has no descriptors left', async () => {
    const script = `const { launch } = await import(${JSON.stringify(import.meta.resolve('./launch.ts'))});
      const spec = { file: 'sh', args: [], cwd: '/', env: {}, signal: new AbortController().signal, extraPipes: 40 };
      console.log((await launch(spec).exited).sentence);`;
    const few = launch(
      sh('ulimit -n 40; exec "$0" --input-type=module -e "$1"', {
        args: ['-c', 'ulimit -n 40; exec "$0" --input-type=module -e "$1"', process.execPath, script],
      }),
    );
    assert.match(await text(few.stdout), /^sh could not be started: spawn .* EMFILE\n$/);
  });

  it('starts nothing once the signal has aborted', async () => {
    const program = never({ signal: AbortSignal.abort(), stdin: 'pipe', extraPipes: 1 });
    program.stdin!.end('nobody reads this');
    program.pipes[0]!.end('nor this');
    const exit = await program.exited;
    assert.deepEqual([exit.cause, exit.sentence], ['aborted', 'sh was not started: the run was stopped']);
  });

  it('survives writes to a program that has ended', async () => {
    const program = never({ args: ['-c', 'exit 0'], stdin: 'pipe', extraPipes: 1 });
    await program.exited;
    program.stdin!.write('x'.repeat(1_000_000));
    program.pipes[0]!.write('x'.repeat(1_000_000));
    await new Promise(setImmediate);
  });
});
