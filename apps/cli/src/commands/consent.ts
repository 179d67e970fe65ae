import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  askConsent,
  type ConsentDocument,
  type ConsentEntry,
  checkDocument,
  limitsInWords,
  parseDocument,
  readPlace,
  requireUsable,
  txtName,
  txtOf,
  UnreadableConsent,
  WELL_KNOWN_PATH,
  withEntry,
} from '@marteau/consent';
import type { Command, Options } from '../command.ts';
import { CommandError, usageError } from '../errors/command-error.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { World } from '../world.ts';

/** Writes by what the owner of a target lets a server load it. */
export const consent: Command = {
  name: 'consent',
  about: 'Write the file by which a host of yours lets a Marteau load it, or see what it says now.',
  usage:
    'HOST --server URL [--project URL]… [--rate N] [--users N] [--nodes N] [--hours TIMES] [--until DAY] [--unmarked] [--contact ADDRESS] [--out FILE | --txt | --check]',
  options: {
    server: { type: 'string' },
    project: { type: 'string', multiple: true },
    rate: { type: 'string' },
    users: { type: 'string' },
    nodes: { type: 'string' },
    hours: { type: 'string' },
    until: { type: 'string' },
    unmarked: { type: 'boolean' },
    contact: { type: 'string' },
    out: { type: 'string' },
    txt: { type: 'boolean' },
    check: { type: 'boolean' },
  },
  explains: {
    '--server URL': 'the Marteau that may, by its address; MARTEAU_URL unless given',
    '--project URL': 'a repository whose load it may be; all of that server unless given',
    '--rate N': 'requests per second at most',
    '--users N': 'users at once at most',
    '--nodes N': 'machines that generate load at most',
    '--hours TIMES': 'when: "Mon-Fri 08:00-18:00 Europe/Berlin"',
    '--until DAY': 'the last day: 2027-06-30',
    '--unmarked': 'requests may come without the address that stops them',
    '--contact ADDRESS': 'whom to ask about this host',
    '--out FILE': `where the file goes; .${WELL_KNOWN_PATH} unless given`,
    '--txt': 'print a TXT record instead',
    '--check': 'ask HOST what it says now, and write nothing',
  },
  maxArguments: 1,
  async run({ arguments: [host], options }, world) {
    const given = host?.includes('://') ? host : `https://${host}`;
    if (host === undefined || !URL.canParse(given))
      throw usageError('Name the host that is to be loaded: marteau consent shop.example.com --server …');
    const target = readPlace(given);
    const server = text(options, 'server') ?? world.env.MARTEAU_URL;
    if (server === undefined) throw usageError('Say which Marteau may: --server https://marteau.example.com');
    if (options.check) return ask(target, server, options, world);
    const entry = entryOf(server, options);
    const contact = text(options, 'contact');
    refuseUnusable(entry, contact);
    if (options.txt) {
      world.out(`${txtName(target.host)}. TXT "${txtOf(entry, contact)}"\n`);
      return exitCodes.pass;
    }
    const path = resolve(world.cwd, text(options, 'out') ?? `.${WELL_KNOWN_PATH}`);
    const document = withEntry(await readKept(path), entry, contact);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${JSON.stringify(document, null, 2)}\n`);
    world.out(`wrote ${path}\n`);
    world.err(
      `Have it answered at ${target.origin}${WELL_KNOWN_PATH}; then: marteau consent ${host} --server ${server} --check\n`,
    );
    return exitCodes.pass;
  },
};

function entryOf(server: string, options: Options): ConsentEntry {
  const number = (name: string) => {
    const written = text(options, name);
    if (written !== undefined && !/^\d+(\.\d+)?$/.test(written))
      throw usageError(`--${name} is '${written}', and takes a number.`);
    return written === undefined ? {} : { [name]: Number(written) };
  };
  const words = (name: string) => {
    const written = text(options, name);
    return written === undefined ? {} : { [name]: written };
  };
  const projects = projectsOf(options);
  return {
    server,
    ...(projects.length > 0 && { projects }),
    ...number('rate'),
    ...number('users'),
    ...number('nodes'),
    ...words('hours'),
    ...words('until'),
    ...(options.unmarked === true && { unmarked: true }),
  };
}

/** What no server could read is not written, nor what is over already. @throws CommandError */
function refuseUnusable(entry: ConsentEntry, contact: string | undefined): void {
  try {
    checkDocument(withEntry(null, entry, contact));
    requireUsable(entry, Date.now());
  } catch (error) {
    if (error instanceof UnreadableConsent)
      throw usageError(`The file would be of no use: it ${error.message}.`);
    throw error;
  }
}

async function readKept(path: string): Promise<ConsentDocument | null> {
  const kept = await readFile(path, 'utf8').catch(() => null);
  try {
    return kept === null ? null : parseDocument(kept);
  } catch (error) {
    throw new CommandError(
      `${path} ${(error as Error).message}, and was left as it is. Correct it, or move it away.`,
      exitCodes.file,
    );
  }
}

async function ask(
  target: ReturnType<typeof readPlace>,
  server: string,
  options: Options,
  world: World,
): Promise<ExitCode> {
  const answer = await askConsent(target, {
    server: server.replace(/\/$/, ''),
    project: projectsOf(options)[0] ?? '',
    allowed: () => true,
    signal: AbortSignal.any([world.enough, world.signal]),
    now: Date.now,
  });
  if (answer.says !== 'yes') {
    world.err(`${answer.why}\n`);
    return exitCodes.fail;
  }
  const { contact: _, ...terms } = answer.terms;
  world.out(`${target.host} allows ${server}${limitsInWords(terms)}.\n`);
  return exitCodes.pass;
}

function projectsOf({ project = [] }: Options): string[] {
  return [project].flat().filter((each) => typeof each === 'string');
}

function text(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}
