import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Rung } from '../compartment.ts';
import { ETC_FOLDER } from '../sandboxes/new-root.ts';
import { isGoneProcess, openWorkFolder, sweepWorkFolders } from '../work-folder.ts';
import { contained, containedNetworkOpen, sweepAsRoot } from './as-root.ts';
import { inPlace, notContained } from './in-place.ts';
import { inUserNamespace } from './in-user-namespace.ts';

/** All rungs, strongest first. A new one is a file here and a line in this list. */
export const ladder: readonly Rung[] = [
  contained,
  containedNetworkOpen,
  inUserNamespace,
  inPlace,
  notContained,
];

/** `MARTEAU_CONTAIN`: none of it; the strongest rung that there is; or the same, but none that leaves files open. */
export const containSettings = ['off', 'best', 'required'] as const;
export type ContainSetting = (typeof containSettings)[number];

/** The rung that a worker uses, found by holding a program there, and why it is none that is stronger. */
export interface FoundRung {
  readonly rung: Rung;
  readonly whyNotStronger: string | null;
}

/** @throws Error where containment is required and this machine has none */
export async function findRung(setting: ContainSetting): Promise<FoundRung> {
  if (setting === 'off') return { rung: notContained, whyNotStronger: 'MARTEAU_CONTAIN is off' };
  const tried: string[] = [];
  for (const rung of ladder.filter((each) => each !== notContained)) {
    const why = await whyNot(rung);
    if (why === null) return { rung, whyNotStronger: tried.at(0) ?? null };
    tried.push(why);
  }
  const whyNotStronger = [...new Set(tried)].join('; ');
  if (setting === 'best') return { rung: notContained, whyNotStronger };
  throw new Error(
    `MARTEAU_CONTAIN is "required", and this machine cannot contain programs: ${whyNotStronger}. docs/security.md says what each way needs.`,
  );
}

/** Removes what compartments of dead processes have left behind on this machine. */
export async function sweepCompartments(): Promise<void> {
  await sweepAsRoot();
  for (const purpose of [ETC_FOLDER, PROBE_FOLDER]) await sweepWorkFolders(purpose, isGoneProcess);
}

/** Tries the whole of a rung: a program that runs in it, and whose exit code arrives. Null where it can be had. */
export async function whyNot(rung: Rung): Promise<string | null> {
  await using folder = await openWorkFolder(PROBE_FOLDER, process.pid);
  const temp = join(folder.path, 'tmp');
  await mkdir(temp);
  try {
    await using compartment = await rung.open({
      writable: [folder.path],
      readable: [],
      temp,
      limits: { tasks: 100, memoryBytes: 256 * 1024 ** 2 },
    });
    const program = compartment.launch({
      file: '/bin/sh',
      args: ['-c', 'echo said > said && exit 7'],
      cwd: folder.path,
      env: {},
      signal: AbortSignal.timeout(PROBE_MS),
    });
    let said = '';
    program.stderr.on('data', (chunk) => (said += chunk));
    const { code, sentence } = await program.exited;
    return code === 7 ? null : said.trim().split('\n').at(-1) || sentence;
  } catch (error) {
    return (error as Error).message;
  }
}

const PROBE_MS = 10_000;
const PROBE_FOLDER = 'trial';
