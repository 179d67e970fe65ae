import { join } from 'node:path';
import { formats } from '../formats/index.ts';
import { isConstant, loadVariables } from '../told-load.ts';
import type { Tool } from '../tool.ts';
import { LISTENER } from './listener.ts';

const SHAPE = /class\s+\w+\s*\([^)]*LoadTestShape[^)]*\)/;
const TASK = /^\s*@task\b/gm;
const LINES = 'locust.jsonl';
const MOST_SAID = 300;
const OWN_FILE = 'marteau_listener.py';

/** https://docs.locust.io, 2.12 and later. */
export const locust: Tool = {
  name: 'locust',
  title: 'Locust',
  program: {
    file: 'locust',
    args: ['--version'],
    version: (printed) => /locust (\d+\.\d+\.\d+\S*)/.exec(printed)?.[1] ?? null,
    install: 'with pip install locust',
  },
  isScript: (path, text) => /\.py$/.test(path) && /^\s*(?:from|import)\s+locust\b/m.test(text),
  ownPlan(text) {
    const tasks = text.match(TASK)?.length ?? 0;
    const shape = SHAPE.test(text) ? 'a shape of its own' : '';
    const count = tasks === 0 ? '' : tasks === 1 ? 'one task' : `${tasks} tasks`;
    return { what: [count, shape].filter(Boolean).join(', '), lengthMs: null, isOpen: false };
  },
  needsLoad: (text) =>
    SHAPE.test(text)
      ? null
      : 'Locust is told its users and its time from outside, and without them it never ends: write cycles and duration into .marteau.yml.',
  dividesOwnPlan: false,
  usesAllProcessors: false,
  refuses(stage, text) {
    if (SHAPE.test(text))
      return 'The locustfile has a LoadTestShape, beside which Locust takes no users and no time: leave out cycles and load, or the shape.';
    if (stage.rate !== null)
      return 'Locust knows users and no rates: write users, as in cycles: 10:20:30, and let constant_throughput of the locustfile hold a rate.';
    if (stage.iterations !== null)
      return 'Locust knows no number of iterations: write for: 2m in place of iterations.';
    if (!isConstant(stage))
      return 'Locust is told one number of users: write several stages, as in cycles: 10:20:30, or a LoadTestShape.';
    return null;
  },
  invoke({ script, out, stage, target }) {
    const users = stage?.users?.to ?? 0;
    const ramp = (stage?.rampMs ?? 0) / 1000;
    const told = stage && [
      ...['-u', String(users)],
      ...['-r', String(ramp > 0 ? Math.max(0.1, users / ramp) : users)],
      ...['-t', `${Math.ceil((stage.rampMs + stage.durationMs) / 1000)}s`],
    ];
    return {
      file: 'locust',
      args: [
        ...['-f', `${script},${join(out, OWN_FILE)}`],
        ...['--headless', '--only-summary', '--exit-code-on-error', '0'],
        ...(target === null ? [] : ['-H', target]),
        ...(told ?? []),
      ],
      env: { ...loadVariables(stage, target), MARTEAU_LOCUST_LINES: join(out, LINES), PYTHONUNBUFFERED: '1' },
      files: { [OWN_FILE]: LISTENER },
      output: { format: formats['locust-lines'], file: join(out, LINES) },
    };
  },
  exitMeans: (code) =>
    code === 1
      ? 'its locustfile could not be used, or set this code itself'
      : code === 2
        ? 'an error of its own'
        : null,
  overhear(line, hear) {
    if (!/CPU usage (?:above|was too high)/i.test(line)) return;
    const said = line.replace(/^\[[^\]]*\]\s*\S+\s*/, '').slice(0, MOST_SAID);
    // It says so of no moment, and that its figures are in doubt.
    const sentence = `Locust says of itself: ${said} Let several nodes share the load, or ask for less.`;
    hear({ type: 'limit', limit: { code: 'locust-cpu', sentence, share: 1 } });
  },
};
