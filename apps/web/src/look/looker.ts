import type { FileChoices } from '@marteau/file';
import { MarteauError, type RunRequest } from '@marteau/shared';
import {
  type CheckedAddress,
  checkAddress,
  gitAccess,
  parseRef,
  projectSecrets,
  type ReadResult,
  readMarteauFile,
  readSecretsFile,
} from '@marteau/source';
import type { WebConfig } from '../config.ts';
import { createMemory } from '../data/memory.ts';
import { demandToRun, type Rights } from '../rights/rights.ts';
import { judge } from './judge.ts';
import type { Look } from './look.ts';

/** Looks at repositories through git for whoever asks: a few at once, and not twice in a short time. */
export interface Looker {
  /** @throws MarteauError not-yours, address-*, ref-*, clone-*, marteau-file-*, 'too-busy-to-look' */
  look(request: RunRequest, rights: Rights): Promise<Look>;
}

const AT_ONCE = 3;
const WAITING = 12;
const REMEMBERED = 100;
/** A change that was just pushed is seen after this time, in ms. */
const LIFETIME_MS = 10_000;
const DEADLINE_MS = 30_000;

export function createLooker(
  config: Pick<WebConfig, 'sources' | 'secretsFile'>,
  signal: AbortSignal,
): Looker {
  const gate = createGate(AT_ONCE, WAITING);
  const memory = createMemory<ReadResult>(REMEMBERED, LIFETIME_MS, Date.now);

  async function read(address: CheckedAddress, typedRef: string | undefined): Promise<ReadResult> {
    const ref = parseRef(typedRef);
    return memory.get(JSON.stringify([address.cloneUrl, ref]), () =>
      gate.through(async () =>
        readMarteauFile({ address, ref, token: await tokenFor(address), deadlineMs: DEADLINE_MS, signal }),
      ),
    );
  }

  /** Read each time: a token that was renewed is used at once. */
  async function tokenFor(address: CheckedAddress): Promise<string | undefined> {
    return gitAccess(await readSecretsFile(config.secretsFile), address)?.token;
  }

  return {
    async look({ repo, ref, profile, overrides }, rights) {
      const choices: FileChoices = { profile: profile ?? null, ...(overrides && { overrides }) };
      const address = await checkAddress(repo, config.sources);
      // The server reads with tokens of its own.
      demandToRun(rights, address.url);
      const found = await read(address, ref);
      const secrets = projectSecrets(await readSecretsFile(config.secretsFile), address.url);
      return judge(found, choices, Object.keys(secrets));
    },
  };
}

/** Lets so many do something at once and so many wait; the rest are refused. */
interface Gate {
  /** @throws 'too-busy-to-look' when all places to wait are taken */
  through<T>(work: () => Promise<T>): Promise<T>;
}

export function createGate(atOnce: number, waiting: number): Gate {
  let free = atOnce;
  const line: (() => void)[] = [];

  return {
    async through(work) {
      if (free > 0) free -= 1;
      else if (line.length < waiting) await new Promise<void>((resolve) => line.push(resolve));
      else throw new MarteauError('too-busy-to-look', {});
      try {
        return await work();
      } finally {
        const next = line.shift();
        if (next) next();
        else free += 1;
      }
    },
  };
}
