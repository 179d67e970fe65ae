import { type Dirent, opendirSync } from 'node:fs';
import { join } from 'node:path';
import { readForeignFile } from '@marteau/launch';
import { type Tool, tools } from '@marteau/tools';

/** A script of a tool of others that lies in a folder. */
export interface FoundScript {
  /** Relative to the folder. */
  readonly path: string;
  readonly tool: Tool;
  readonly text: string;
}

/** No repository needs more to be looked at, and none deeper. */
const MOST_ENTRIES = 20_000;
const DEEPEST = 8;
const MOST_BYTES = 1 << 20;
/** Folders with what was installed or built. */
const LEFT_OUT = new Set(['node_modules', 'target', 'build', 'dist', 'venv', 'vendor', '__pycache__']);
const SCRIPT = /\.([cm]?[jt]s|py|jmx|java|scala|kt|ya?ml)$/;

/** The scripts of other people's tools in a folder: those nearest to its root first, then by tool and name. */
export async function findScripts(folder: string): Promise<FoundScript[]> {
  const found: FoundScript[] = [];
  for (const path of candidates(folder)) {
    const bytes = await readForeignFile(join(folder, path), MOST_BYTES, folder).catch(() => null);
    if (bytes === null) continue;
    const text = bytes.toString('utf8');
    const tool = tools.find((each) => each.isScript(path, text));
    if (tool) found.push({ path, tool, text });
  }
  const depth = ({ path }: FoundScript): number => path.split('/').length;
  return found.toSorted(
    (a, b) =>
      depth(a) - depth(b) || tools.indexOf(a.tool) - tools.indexOf(b.tool) || a.path.localeCompare(b.path),
  );
}

function candidates(folder: string): string[] {
  const paths: string[] = [];
  let left = MOST_ENTRIES;
  const walk = (inner: string, depth: number): void => {
    for (const entry of entriesOf(join(folder, inner))) {
      left -= 1;
      if (left < 0) return;
      const path = inner === '' ? entry.name : `${inner}/${entry.name}`;
      if (entry.isDirectory()) {
        if (depth < DEEPEST && !entry.name.startsWith('.') && !LEFT_OUT.has(entry.name))
          walk(path, depth + 1);
      } else if (entry.isFile() && SCRIPT.test(entry.name)) paths.push(path);
    }
  };
  walk('', 0);
  return paths;
}

function entriesOf(folder: string): Dirent[] {
  try {
    using open = opendirSync(folder);
    const entries: Dirent[] = [];
    for (let entry = open.readSync(); entry !== null; entry = open.readSync()) entries.push(entry);
    return entries.sort((a, b) => a.name.localeCompare(b.name));
  } catch {
    return [];
  }
}
