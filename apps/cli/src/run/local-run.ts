import type { FileChoices, ResolvedFile } from '@marteau/file';
import type { Measurements } from '@marteau/measure';
import {
  describeRun,
  npmSettings,
  passwordsIn,
  RunConsole,
  requireSupported,
  scriptText,
} from '@marteau/run';
import { createMasker, newRunId } from '@marteau/shared';
import { CommandError } from '../errors/command-error.ts';
import { readProject } from '../project/read-project.ts';
import type { Display } from '../show/display.ts';
import type { Exchange } from '../show/once-lines.ts';
import type { World } from '../world.ts';
import { interruptsOf } from './interrupted.ts';
import { type Measured, measureRun } from './measure-run.ts';
import { type OutFolder, openOutFolder } from './out-folder.ts';
import { putBackLeft, stateFolder } from './prior-states.ts';
import type { RunContext } from './run-context.ts';
import { openRunFolders } from './run-folders.ts';
import { runRecord } from './run-record.ts';
import { readSecrets, secretsFor } from './secrets.ts';
import { openSource, type Source } from './source.ts';
import type { Report } from './write-report.ts';

export interface LocalRunOptions {
  /** A folder, relative to the working folder, or a repository's address. */
  where: string;
  /** Of an address: a branch, a tag, or a commit. */
  ref: string | null;
  choices: FileChoices;
  /** Try once: one user, each test one time; no report unless `out` is given. */
  once: boolean;
  /** The folder for the report; null for a new one in `marteau-runs`. */
  out: string | null;
}

/** What a run came to. */
export interface LocalRun {
  id: string;
  measurements: Measurements;
  /** Every request, where it was tried once. */
  exchanges: Exchange[];
  /** Null where it was tried once, without a folder for a report. */
  report: Report | null;
}

/**
 * A run on this machine, without a server: one share, 1/1, of the same engine, with the same things around it.
 * @throws CommandError for mistakes, and when it was interrupted; MarteauError
 */
export async function localRun(options: LocalRunOptions, world: World, display: Display): Promise<LocalRun> {
  const submittedAt = new Date();
  const interrupts = interruptsOf(world);
  await using work = await openRunFolders();
  await putBackLeft(stateFolder(world), (sentence) => display.say(sentence));
  const known = await readSecrets(world);
  const source = await openSource(options, {
    world,
    work,
    secrets: known,
    display,
    signal: interrupts.signal,
  });
  const { file, text } = await read(source, options.choices);
  display.say(
    `${file.name}: ${options.once ? 'one user, each test once' : describeRun(file, await scriptText(source.folder, file))}.`,
  );
  const secrets = secretsFor(file, source.project, known, world.env);
  const base = source.fetched ? world.cwd : source.folder;
  const wantsFolder = !options.once || options.out !== null;
  const out = wantsFolder
    ? await openOutFolder(options.out, { cwd: world.cwd, base, now: submittedAt })
    : null;
  const id = newRunId(submittedAt.getTime(), Math.random);
  const masker = createMasker([...Object.values(secrets), ...passwordsIn(npmSettings(world.env))]);
  const console = new RunConsole({
    send: async (events) => {
      for (const event of events) display.console(event);
    },
    masker,
    share: 0,
    now: Date.now,
  });
  const { once } = options;
  const run = { id, world, source, file, once, secrets, masker, work, console, display, interrupts };
  try {
    const measured = await measureRun(run);
    await console.flush();
    const report = out && (await reportOn(run, measured, { options, text, submittedAt, out }));
    const { exchanges } = measured;
    return { id, measurements: masker.maskAll(measured.measurements), exchanges, report };
  } finally {
    await console.flush();
    await out?.write('console.log', console.text);
  }
}

async function read(source: Source, choices: FileChoices): Promise<{ file: ResolvedFile; text: string }> {
  const project = await readProject(source.folder, choices);
  if (project.problems !== null) throw new CommandError(project.problems, project.exitCode);
  // Whatever the file wants of a server, here is one machine, and it generates all of the load.
  const file = { ...project.file, nodes: { count: 1, labels: {} } };
  requireSupported(file);
  return { file, text: project.text };
}

interface ReportOptions {
  options: LocalRunOptions;
  text: string;
  submittedAt: Date;
  out: OutFolder;
}

async function reportOn(
  { id, source, file, masker, display }: RunContext,
  { measurements, plan, faults, facts, startedAt }: Measured,
  { options, text, submittedAt, out }: ReportOptions,
): Promise<Report> {
  display.phase('writing the report');
  const { writeReport } = await import('./write-report.ts'); // what draws it is not needed before, and takes long to load
  const run = runRecord({
    id,
    source,
    file,
    overrides: options.choices.overrides ?? {},
    once: options.once,
    submittedAt,
    startedAt,
    endedAt: new Date(),
    stopped: measurements.stopped,
  });
  return writeReport(
    {
      run,
      file: text,
      description: file.description,
      plan,
      thresholds: file.thresholds,
      apdexThreshold: file.apdexUs,
      measurements,
      events: faults,
      environment: { ...facts, ...file.metadata },
      mask: (value) => masker.maskAll(value),
    },
    out,
  );
}
