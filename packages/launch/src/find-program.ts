import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/** Where programs are looked for when the environment names no PATH. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Either the program's absolute path, or a sentence that says why there is none. */
export type FoundProgram = { readonly path: string } | { readonly problem: string };

/** Finds what `file` names, as execvp would, and checks what would make its start fail. */
export function findProgram(file: string, cwd: string, searchPath = DEFAULT_PATH): FoundProgram {
  if (!isFolder(cwd)) return { problem: `the folder ${cwd}, in which ${file} should start, does not exist` };
  const path = file.includes('/')
    ? resolve(cwd, file)
    : searchPath
        .split(delimiter)
        .map((folder) => join(resolve(cwd, folder), file))
        .find(isExecutable);
  if (path === undefined || file === '')
    return { problem: `${file || 'a program without a name'} is not on this node` };
  if (!isFile(path)) return { problem: `${file} is not on this node` };
  if (!isExecutable(path)) return { problem: `${file} may not be executed (chmod +x would allow it)` };
  const interpreter = interpreterOf(path);
  if (interpreter && !isExecutable(interpreter)) {
    return { problem: `${file} needs ${interpreter} (its first line says so), which is not on this node` };
  }
  return { path };
}

/** The path of one of the system's own programs; its name where it is missing, so that its start fails. */
export function tool(name: string): string {
  const found = findProgram(name, '/', DEFAULT_PATH);
  return 'path' in found ? found.path : name;
}

/** The program that a script's `#!` line names, if it is a script. */
function interpreterOf(path: string): string | undefined {
  const head = Buffer.alloc(256);
  let length = 0;
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK); // it may be a pipe by now
    try {
      length = readSync(file, head, 0, head.length, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined; // executable but unreadable: a binary may be so, and exec will tell
  }
  const named = /^#![ \t]*(\S+)/.exec(head.toString('latin1', 0, length))?.[1];
  return named && isAbsolute(named) ? named : undefined;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false; // a part of the path is a file, or may not be entered
  }
}

function isExecutable(path: string): boolean {
  if (!isFile(path)) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
