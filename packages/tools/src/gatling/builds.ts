import type { Program } from '../tool.ts';

/** What a simulation is run with. */
interface Run {
  /** Its class, or the name of its file. */
  readonly simulation: string;
  /** What it may read from outside. */
  readonly told: readonly (readonly [name: string, value: string])[];
  /** A folder of this process alone, for the results. Absolute. */
  readonly results: string;
}

/** What a project of Gatling is built and run with. */
interface Build {
  readonly program: Program;
  /** `writesTo`: the folder of the results, relative to wdir; null where it is `results`. */
  command(run: Run): {
    readonly file: string;
    readonly args: readonly string[];
    readonly writesTo: string | null;
  };
}

/** Gatling asks its own site at the start, unless it is told not to. */
export const quiet: readonly (readonly [string, string])[] = [
  ['gatling.http.warmUpUrl', ''],
  ['gatling.data.enableAnalytics', 'false'],
];

const properties = (all: readonly (readonly [string, string])[]): string[] =>
  all.map(([name, value]) => `-D${name}=${value}`);

export const maven: Build = {
  program: {
    file: 'mvn',
    args: ['--version'],
    isSlow: true,
    version: (printed) =>
      /Apache Maven (\d+\.\d+\.\d+)/.exec(printed)?.[1]?.replace(/^/, 'by Maven ') ?? null,
    install: 'the project is one of Maven: install Maven and a JDK',
  },
  command: ({ simulation, told, results }) => ({
    file: 'mvn',
    args: [
      '-B',
      'gatling:test',
      `-Dgatling.simulationClass=${simulation}`,
      `-Dgatling.resultsFolder=${results}`,
      '-Dgatling.noReports=true',
      ...properties([...quiet, ...told]),
    ],
    writesTo: null,
  }),
};

/** https://docs.gatling.io/reference/integrations/build-tools/gradle-plugin */
const gradle = (file: string): Build => ({
  program: {
    file,
    args: ['--version'],
    isSlow: true,
    version: (printed) =>
      /Gradle (\d+\.\d+(?:\.\d+)?)/.exec(printed)?.[1]?.replace(/^/, 'by Gradle ') ?? null,
    install: 'the project is one of Gradle: install Gradle and a JDK',
  },
  command: ({ simulation, told }) => ({
    file,
    args: [
      '--no-daemon',
      '--console=plain',
      'gatlingRun',
      ...['--simulation', simulation],
      '--non-interactive',
      ...properties(told),
    ],
    writesTo: 'build/reports/gatling',
  }),
});

/** https://docs.gatling.io/reference/integrations/build-tools/sbt-plugin */
const sbt: Build = {
  program: {
    file: 'sbt',
    args: ['--script-version'],
    isSlow: true,
    version: (printed) => /(\d+\.\d+\.\d+)/.exec(printed)?.[1]?.replace(/^/, 'by sbt ') ?? null,
    install: 'the project is one of sbt: install sbt and a JDK',
  },
  command: ({ simulation, told }) => ({
    file: 'sbt',
    args: ['-batch', '-Dsbt.supershell=false', ...properties(told), `Gatling/testOnly ${simulation}`],
    writesTo: 'target/gatling',
  }),
};

/** https://docs.gatling.io/reference/scripting/javascript */
const javaScript: Build = {
  program: {
    file: 'gatling',
    args: ['--version'],
    version: (printed) => /(\d+\.\d+\.\d+)/.exec(printed)?.[1] ?? null,
    install:
      'with npm install @gatling.io/cli @gatling.io/core @gatling.io/http in the project, and its bundle',
  },
  command: ({ simulation, told, results }) => ({
    file: 'gatling',
    args: [
      'run',
      '--non-interactive',
      ...['--simulation', simulation],
      ...['--results-folder', results],
      ...told.map(([name, value]) => `${name}=${value}`),
    ],
    writesTo: null,
  }),
};

/** By what lies beside it. Gradle and sbt are told where the project brings them. */
export function buildOf(script: string, beside: readonly string[]): Build {
  const has = (...names: string[]): boolean => names.some((name) => beside.includes(name));
  if (/\.[cm]?[jt]s$/.test(script)) return javaScript;
  if (has('pom.xml')) return maven;
  if (has('build.gradle', 'build.gradle.kts')) return gradle(has('gradlew') ? './gradlew' : 'gradle');
  if (has('build.sbt')) return sbt;
  return maven;
}
