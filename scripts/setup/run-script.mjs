import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname } from 'node:path';
import { nodeProgram } from './node.mjs';
import { root } from './root.mjs';
import { findProgram } from './search-path.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
// A Ctrl-C reaches us twice, from the terminal and from npm; the script shall see one.
const SAME_SIGNAL_MS = 500;
const LOOK_MS = 500;

/**
 * Runs a script with Node 24 and resolves with its exit code (128 + n for signal n). The script has a session of its
 * own, so that it gets the signals that we forward and its children get those that it sends.
 */
export function runScript([script, ...args]) {
  const [program, ...before] = dieWithUs();
  const child = spawn(program, [...before, nodeProgram, script, ...args], {
    cwd: root,
    detached: true,
    stdio: 'inherit',
    env: { ...process.env, PATH: [dirname(nodeProgram), process.env.PATH].join(delimiter) },
  });

  const lastSent = {};
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      const now = performance.now();
      if (now - (lastSent[signal] ?? Number.NEGATIVE_INFINITY) < SAME_SIGNAL_MS) return;
      lastSent[signal] = now;
      child.kill(signal);
    });
  }

  endWithNpm(() => child.kill('SIGTERM'));

  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

/** npm that is asked to end does so without a word to its scripts: that is seen by their getting another parent. */
function endWithNpm(end) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(looking);
    end();
  }, LOOK_MS);
  looking.unref();
}

/** Where the kernel offers it, the script is ended when the set-up is killed in a way that it cannot forward. */
function dieWithUs() {
  const setpriv = process.platform === 'linux' && findProgram('setpriv');
  return setpriv ? [setpriv, '--pdeathsig', 'TERM', '--'] : ['env'];
}
