import { basename, extname, join } from 'node:path';
import { formats } from '../formats/index.ts';
import { isConstant, loadVariables } from '../told-load.ts';
import type { Tool } from '../tool.ts';
import { buildOf, maven, quiet } from './builds.ts';

const LOG = 'simulation.log';
const OPEN = /\b(?:constantUsersPerSec|rampUsersPerSec|atOnceUsers|rampUsers|stressPeakUsers)\b/;
const SCENARIO = /\bscenario\s*\(/g;

const reads = (name: string, text: string): boolean =>
  new RegExp(
    `(?:getInteger|getLong|getProperty|getenv|getParameter|getEnvironmentVariable|System\\.get\\w+)\\(\\s*["'](?:MARTEAU_)?${name}["']`,
    'i',
  ).test(text);

/** https://docs.gatling.io, 3.4 to 3.15: by Maven, Gradle, sbt, or its command for JavaScript. */
export const gatling: Tool = {
  name: 'gatling',
  title: 'Gatling',
  program: maven.program,
  programOf: (script, beside) => buildOf(script, beside).program,
  isScript: (path, text) =>
    (/\.(java|scala|kt)$/.test(path) && /\bextends\s+Simulation\b|:\s*Simulation\s*\(/.test(text)) ||
    (/\.[cm]?[jt]s$/.test(path) && /['"]@gatling\.io\/core['"]/.test(text) && /\bsimulation\s*\(/.test(text)),
  wants: (text) =>
    /['"]@gatling\.io\/core['"]/.test(text)
      ? 'Gatling for JavaScript wants its bundle from github.com, which is not fetched: write setup: npx gatling install FILE.zip, with the ZIP in the repository.'
      : null,
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
      return `The simulation does not read ${name} and duration from outside, so it cannot be told: write Integer.getInteger("${name}") and Integer.getInteger("duration") into it (in JavaScript getParameter("${name}")), or leave out cycles and load.`;
    return null;
  },
  invoke({ script, text, wdir, out, beside, stage, target }) {
    const variables = loadVariables(stage, target);
    const told = Object.entries({
      users: variables.MARTEAU_USERS,
      rate: variables.MARTEAU_RATE,
      duration: variables.MARTEAU_DURATION,
      ramp: variables.MARTEAU_RAMP,
      target,
    }).flatMap(([name, value]): [string, string][] => (value ? [[name, value]] : []));
    const results = join(out, 'gatling');
    const { file, args, writesTo } = buildOf(script, beside).command({
      simulation: simulationOf(script, text),
      told,
      results,
    });
    // What Maven and Gradle start besides gets it, too.
    const properties = [...told.filter(([, value]) => !/\s/.test(value)), ...quiet];
    return {
      file,
      args,
      env: {
        ...variables,
        JAVA_TOOL_OPTIONS: properties.map(([name, value]) => `-D${name}=${value}`).join(' '),
      },
      output: {
        format: formats['gatling-log'],
        file: writesTo === null ? results : join(wdir, writesTo),
        within: LOG,
      },
    };
  },
  exitMeans: (code) =>
    code === 1 || code === 2 ? 'its assertions were not held, or it could not be built or started' : null,
  judges(line) {
    const [, text, held] =
      /^(?:\[INFO\] |\[ERROR\] )?((?:Global|For all|[^:]+): .* (?:is|was) .*) : (true|false)\b/.exec(line) ??
      [];
    return text === undefined ? null : { text, held: held === 'true' };
  },
};

/** The class of a simulation, as its file says it; of JavaScript the name of its file. */
function simulationOf(script: string, text: string): string {
  const javaScript = /([^/]+)\.gatling\.[cm]?[jt]s$/.exec(script)?.[1];
  if (javaScript !== undefined) return javaScript;
  const folder = /^\s*package\s+([\w.]+)/m.exec(text)?.[1];
  const name = basename(script, extname(script));
  return folder === undefined ? name : `${folder}.${name}`;
}
