import { spawn } from 'node:child_process';
import { root } from './root.mjs';

const KEPT = 64 * 1024;

/**
 * Runs a command in the repository's folder and keeps the end of what it printed, to be shown only when it failed.
 * @returns {Promise<{ok: boolean, output: string}>}
 */
export function runQuietly([program, ...args], env = process.env) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-KEPT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

/** The last lines of an output: where the reason of a failure stands. */
export function lastLines(output, count = 15) {
  return output.trimEnd().split('\n').slice(-count).join('\n');
}
