import { basename, extname, join } from 'node:path';
import { formats } from '../formats/index.ts';
import { isConstant, loadVariables } from '../told-load.ts';
import type { Tool } from '../tool.ts';

const FOLDER = 'gatling';
const LOG = 'simulation.log';
const OPEN = /\b(?:constantUsersPerSec|rampUsersPerSec|atOnceUsers|rampUsers|stressPeakUsers)\b/;
const SCENARIO = /\bscenario\s*\(/g;

const reads = (name: string, text: string): boolean =>
  new RegExp(
    `(?:getInteger|getLong|getProperty|getenv|System\\.get\\w+)\\(\\s*["'](?:MARTEAU_)?${name}["']`,
    'i',
  ).test(text);

/** https://docs.gatling.io, 3.4 to 3.15, by its Maven plugin. */
export const gatling: Tool = {
  name: 'gatling',
  title: 'Gatling',
  program: {
    file: 'mvn',
    args: ['--version'],
    isSlow: true,
    version: (printed) =>
      /Apache Maven (\d+\.\d+\.\d+)/.exec(printed)?.[1]?.replace(/^/, 'by Maven ') ?? null,
    install: 'Gatling runs by Maven here: install Maven and a JDK',
  },
  isScript: (path, text) =>
    /\.(java|scala|kt)$/.test(path) && /\bextends\s+Simulation\b|:\s*Simulation\s*\(/.test(text),
  ownPlan(text) {
    const count = text.match(SCENARIO)?.length ?? 0;
    const what = count === 0 ? '' : count === 1 ? 'one scenario' : `${count} scenarios`;
    return { what, lengthMs: null, isOpen: OPEN.test(text) };
  },
  dividesOwnPlan: false,
  usesAllProcessors: true,
  refuses(stage, text) {
    if (!isConstant(stage))
      return 'Gatling is told one number of users or one rate: write several stages, as in cycles: 10:20:30.';
    const name = stage.rate === null ? 'users' : 'rate';
    if (!reads(name, text) || !reads('duration', text))
      return `The simulation does not read ${name} and duration from outside, so it cannot be told: write Integer.getInteger("${name}") and Integer.getInteger("duration") into it, or leave out cycles and load.`;
    return null;
  },
  invoke({ script, text, out, stage, target }) {
    const variables = loadVariables(stage, target);
    const told: Record<string, string | undefined> = {
      users: variables.MARTEAU_USERS,
      rate: variables.MARTEAU_RATE,
      duration: variables.MARTEAU_DURATION,
      ramp: variables.MARTEAU_RAMP,
      target: target ?? undefined,
    };
    return {
      file: 'mvn',
      args: [
        '-B',
        'gatling:test',
        `-Dgatling.simulationClass=${classOf(script, text)}`,
        `-Dgatling.resultsFolder=${join(out, FOLDER)}`,
        '-Dgatling.noReports=true',
        '-Dgatling.http.warmUpUrl=',
        '-Dgatling.data.enableAnalytics=false',
        ...Object.entries(told).flatMap(([name, value]) =>
          value === undefined ? [] : [`-D${name}=${value}`],
        ),
      ],
      env: {
        ...variables,
        JAVA_TOOL_OPTIONS: '-Dgatling.http.warmUpUrl= -Dgatling.data.enableAnalytics=false',
      },
      output: { format: formats['gatling-log'], file: join(out, FOLDER), within: LOG },
    };
  },
  exitMeans: (code) =>
    code === 1 || code === 2 ? 'its assertions were not held, or it could not be built' : null,
  judges(line) {
    const [, text, held] =
      /^(?:\[INFO\] |\[ERROR\] )?((?:Global|For all|[^:]+): .* (?:is|was) .*) : (true|false)\b/.exec(line) ??
      [];
    return text === undefined ? null : { text, held: held === 'true' };
  },
};

/** The class of a simulation, as its file says it. */
function classOf(script: string, text: string): string {
  const folder = /^\s*package\s+([\w.]+)/m.exec(text)?.[1];
  const name = basename(script, extname(script));
  return folder === undefined ? name : `${folder}.${name}`;
}
