import { cp, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseFile, type ResolvedFile, resolveFile } from '@marteau/file';
import { openUncontained } from '@marteau/launch';
import type { Measurements } from '@marteau/measure';
import { mergeMeasurements } from '@marteau/report';
import {
  anywhere,
  engineOf,
  foundRunner,
  generateShare,
  prepareShare,
  type ShareOptions,
} from '@marteau/run';
import { createMasker } from '@marteau/shared';
import { createTempFolder } from '@marteau/testkit';

export interface ProjectOptions {
  /** Folder of the project. Absolute. */
  readonly project: string;
  readonly target: string;
  /** In place of the project's own .marteau.yml. */
  readonly text?: string;
  /** Over so many nodes. */
  readonly nodes: number;
  readonly overrides?: Record<string, unknown>;
  /** Looks at what a tool has written, in its folder, before that goes. @param out absolute */
  readonly look?: (out: string) => Promise<void>;
  /** Gets what its programs print, as it comes. */
  readonly said?: string[];
  /** Ends the load once so many requests have been told. */
  readonly stopAfter?: number;
}

/** Runs a project as its own file says over several shares of this machine, all of which start at one moment. */
export async function runProject({
  text,
  project,
  target,
  nodes,
  overrides = {},
  stopAfter,
  look,
  said = [],
}: ProjectOptions) {
  const { file: written } = parseFile(text ?? (await readFile(join(project, '.marteau.yml'))));
  const found = await foundRunner(project, written!);
  const { file, problems } = resolveFile(written!, {
    overrides: { ...overrides, target, nodes },
    ...(found && { found }),
  });
  if (file === null) throw new Error(JSON.stringify(problems));
  const ready = Promise.withResolvers<number>();
  let waiting = nodes;
  const begin = (): Promise<number> => {
    waiting -= 1;
    if (waiting === 0) ready.resolve(Date.now() + 50);
    return ready.promise;
  };
  const shares = await Promise.all(
    Array.from({ length: nodes }, (_, index) =>
      runShare({
        file,
        project,
        index,
        nodes,
        begin,
        said,
        ...(stopAfter && { stopAfter }),
        ...(look && { look }),
      }),
    ),
  ).catch((error: Error) => {
    throw new Error(`${error.message}\n${said.slice(-30).join('\n')}`, { cause: error });
  });
  return { file, shares, merged: mergeMeasurements(shares) };
}

interface OneShare {
  readonly file: ResolvedFile;
  readonly project: string;
  readonly index: number;
  readonly nodes: number;
  readonly begin: () => Promise<number>;
  readonly said: string[];
  readonly stopAfter?: number;
  readonly look?: (out: string) => Promise<void>;
}

async function runShare({
  file,
  project,
  index,
  nodes,
  begin,
  said,
  stopAfter,
  look,
}: OneShare): Promise<Measurements> {
  await using folder = await createTempFolder();
  const at = (name: string): string => join(folder.path, name);
  const places = { base: folder.path, tree: at('tree'), wdir: at('tree'), home: at('home'), temp: at('tmp') };
  await cp(project, places.tree, { recursive: true });
  await Promise.all([places.home, places.temp, at('out')].map((path) => mkdir(path)));
  const options: ShareOptions = {
    mode: 'load',
    file,
    project: 'p',
    places,
    searchPath: `${process.env.MARTEAU_TOOLS_PATH ?? ''}:${dirname(process.execPath)}:${process.env.PATH}`,
    secrets: {},
    masker: createMasker([]),
    packages: { deps: [], ofManifest: false, cache: places.temp, npmSettings: {} },
    openCompartment: async () => openUncontained(),
    network: { never: [], registries: [], allowed: anywhere },
    console: {
      say: (sentence) => void said.push(sentence),
      async read(_from, ...streams) {
        await Promise.all(
          streams.map(async (stream) => {
            for await (const chunk of stream) said.push(String(chunk).trimEnd());
          }),
        );
      },
    },
    phase: { say: () => {} },
    signal: new AbortController().signal,
    deadlines: { install: 600_000, before: 60_000, after: 60_000 },
    allowed: anywhere,
    now: Date.now,
  };
  await using prepared = await prepareShare(options);
  let end = (): void => {};
  let told = 0;
  const { measurements } = await generateShare(options, prepared, {
    engine: engineOf(file),
    share: { index, of: nodes },
    node: `n${index + 1}`,
    run: 'r1',
    out: at('out'),
    begin,
    onStart(stop) {
      end = stop;
    },
    onMessage(message) {
      if (message.type === 'tick') told += message.requests;
      if (stopAfter !== undefined && told >= stopAfter) end();
    },
  });
  await look?.(at('out'));
  return measurements;
}
