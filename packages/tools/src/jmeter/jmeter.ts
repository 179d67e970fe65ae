import { join } from 'node:path';
import { formats } from '../formats/index.ts';
import { isConstant, loadVariables } from '../told-load.ts';
import type { Tool } from '../tool.ts';

const RESULTS = 'results.jtl';
const GROUP = /<(?:\w+\.)*\w*ThreadGroup\b[^>]*enabled="true"/g;
const DURATION = /<(?:string|long)Prop name="ThreadGroup\.duration">(\d+)</g;

const reads = (name: string, text: string): boolean =>
  new RegExp(`\\$\\{__(?:P|property)\\(\\s*${name}\\b`).test(text);

/** Columns that are read; whatever its properties say, they are written. */
const columns = [
  'timestamp_format=ms',
  'output_format=csv',
  'print_field_names=true',
  'autoflush=true',
  ...[
    'time',
    'label',
    'response_code',
    'response_message',
    'successful',
    'thread_name',
    'thread_counts',
    'data_type',
    'bytes',
    'sent_bytes',
    'latency',
    'connect_time',
    'url',
    'assertion_results_failure_message',
  ].map((name) => `${name}=true`),
];

/** https://jmeter.apache.org, 5 and 6. */
export const jmeter: Tool = {
  name: 'jmeter',
  title: 'JMeter',
  program: {
    file: 'jmeter',
    args: ['--version'],
    isSlow: true,
    version: (printed) => /\b(\d+\.\d+(?:\.\d+)?)\s*$/m.exec(printed)?.[1] ?? null,
    install: 'from its ZIP, with its bin folder on the PATH',
  },
  isScript: (path, text) => /\.jmx$/.test(path) || text.includes('<jmeterTestPlan'),
  ownPlan(text) {
    const groups = text.match(GROUP)?.length ?? 0;
    const times = [...text.matchAll(DURATION)].map(([, seconds]) => Number(seconds) * 1000);
    const lengthMs = Math.max(0, ...times) || null;
    const what = groups === 0 ? '' : groups === 1 ? 'one thread group' : `${groups} thread groups`;
    return { what, lengthMs, isOpen: false };
  },
  dividesOwnPlan: false,
  usesAllProcessors: true,
  refuses(stage, text) {
    if (!isConstant(stage))
      return 'JMeter is told one number of users or one rate: write several stages, as in cycles: 10:20:30.';
    const name = stage.rate === null ? 'users' : 'rate';
    if (!reads(name, text))
      return `The plan does not read its ${name} from outside, so it cannot be told: write \${__P(${name},10)} into it, or leave out cycles and load.`;
    if (stage.iterations === null && !reads('duration', text))
      return `The plan does not read its time from outside, so it cannot be told: write \${__P(duration,60)} into it, or leave out duration and load.`;
    return null;
  },
  invoke({ script, out, stage, target }) {
    const variables = loadVariables(stage, target);
    const url = target === null ? null : URL.parse(target);
    const told: Record<string, string | undefined> = {
      users: variables.MARTEAU_USERS,
      rate: variables.MARTEAU_RATE,
      // JMeter takes whole seconds.
      duration: stage ? String(Math.ceil((stage.rampMs + stage.durationMs) / 1000)) : undefined,
      rampup: stage ? String(Math.ceil(stage.rampMs / 1000)) : undefined,
      iterations: variables.MARTEAU_ITERATIONS,
      target: target ?? undefined,
      protocol: url?.protocol.slice(0, -1),
      host: url?.hostname,
      port: url ? url.port || (url.protocol === 'https:' ? '443' : '80') : undefined,
    };
    return {
      file: 'jmeter',
      args: [
        '-n',
        ...['-t', script],
        ...['-l', join(out, RESULTS)],
        ...['-j', join(out, 'jmeter.log')],
        ...columns.map((each) => `-Jjmeter.save.saveservice.${each}`),
        '-Jsampleresult.timestamp.start=true',
        ...Object.entries(told).flatMap(([name, value]) =>
          value === undefined ? [] : [`-J${name}=${value}`],
        ),
      ],
      env: variables,
      output: { format: formats.jtl, file: join(out, RESULTS) },
    };
  },
  exitMeans: (code) => (code === 1 ? 'the plan could not be loaded, or JMeter not started' : null),
  overhear(line, hear) {
    const [, plugin] = /CannotResolveClassException: ([\w.]+)/.exec(line) ?? [];
    if (plugin)
      hear({ type: 'note', text: `JMeter: the plan needs ${plugin}, a plugin that is not installed here.` });
  },
};
