import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { StandInOptions } from '@marteau/replay';
import { MarteauError, parseBytes } from '@marteau/shared';
import type { Call } from '../command.ts';

const text = { type: 'string' } as const;

/** What `marteau record` and `marteau replay` have in common. */
export const commonOptions = {
  listen: text,
  server: text,
  secret: { type: 'string', multiple: true },
  cap: text,
  'upstream-ca': text,
  insecure: { type: 'boolean' },
} as const;

/**
 * Reads the common options.
 * @throws replay-wrong
 */
export function readCommon({ options }: Call, folder: string): Omit<StandInOptions, 'mode' | 'file'> {
  const given = (name: string) => (typeof options[name] === 'string' ? options[name] : undefined);
  const [cap, ca] = [given('cap'), given('upstream-ca')];
  return {
    listen: given('listen'),
    server: given('server') ?? null,
    secrets: ((options.secret as string[] | undefined) ?? []).map(readPattern),
    ...(cap === undefined ? {} : { cap: readCap(cap) }),
    ...(ca === undefined ? {} : { upstreamCa: readPem(resolve(folder, ca)) }),
    insecure: options.insecure === true,
  };
}

function readPattern(written: string): RegExp {
  try {
    return new RegExp(written, 'g');
  } catch (error) {
    throw wrong(`--secret '${written}' is no regular expression: ${(error as Error).message}.`);
  }
}

function readCap(written: string): number {
  const bytes = parseBytes(written);
  if (bytes === null) throw wrong(`--cap is '${written}'. Write a size such as 500KB or 5MB.`);
  return bytes;
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw wrong(`--upstream-ca: ${path} cannot be read: ${(error as Error).message}.`);
  }
}

export const wrong = (sentence: string) => new MarteauError('replay-wrong', { sentence });
