import type { FileChoices } from '@marteau/file';
import { isMarteauError, MarteauError, type RunRequest } from '@marteau/shared';
import {
  type CheckedAddress,
  checkAddress,
  gitAccess,
  parseAddress,
  parseRef,
  projectSecrets,
  type ReadResult,
  readMarteauFile,
} from '@marteau/source';
import type { Store } from '@marteau/store';
import type { WebConfig } from '../config.ts';
import { createMemory } from '../data/memory.ts';
import { secretsOf } from '../data/secrets-of.ts';
import { demandToRun, type Rights } from '../rights/rights.ts';
import { judge } from './judge.ts';
import { createTargetJudge } from './judge-targets.ts';
import type { Look } from './look.ts';

/** Looks at repositories through git for whoever asks: a few at once, and not twice in a short time. */
export interface Looker {
  /** @throws MarteauError not-yours, address-*, ref-*, clone-*, marteau-file-*, 'too-busy-to-look' */
  look(request: RunRequest, rights: Rights): Promise<Look>;
  /**
   * Refuses a run whose targets have not allowed it, where they have to. What cannot be looked at now is for those to
   * say who prepare the run. @throws MarteauError consent-missing, consent-beyond, mark-needed, target-*
   */
  requireConsent(request: RunRequest, rights: Rights): Promise<void>;
}

const AT_ONCE = 3;
const WAITING = 12;
const REMEMBERED = 100;
/** A change that was just pushed is seen after this time, in ms. */
const LIFETIME_MS = 10_000;
const DEADLINE_MS = 30_000;

export function createLooker(
  config: Pick<WebConfig, 'sources' | 'secretsFile' | 'outside' | 'url'>,
  store: Pick<Store, 'blocks' | 'projectSecrets' | 'nodes'>,
  signal: AbortSignal,
): Looker {
  const gate = createGate(AT_ONCE, WAITING);
  const judgeTargetsOf = createTargetJudge(config, store.blocks, signal);
  const memory = createMemory<ReadResult>(REMEMBERED, LIFETIME_MS, Date.now);

  async function read(address: CheckedAddress, typedRef: string | undefined): Promise<ReadResult> {
    const ref = parseRef(typedRef);
    return memory.get(JSON.stringify([address.cloneUrl, ref]), () =>
      gate.through(async () =>
        readMarteauFile({ address, ref, token: await tokenFor(address), deadlineMs: DEADLINE_MS, signal }),
      ),
    );
  }

  async function tokenFor(address: CheckedAddress): Promise<string | undefined> {
    return gitAccess(await secretsOf(store, config, address.url), address)?.token;
  }

  async function looked({ repo, ref, profile, overrides }: RunRequest, rights: Rights) {
    const choices: FileChoices = { profile: profile ?? null, ...(overrides && { overrides }) };
    // The server reads with tokens of its own.
    demandToRun(rights, parseAddress(repo).url);
    const address = await checkAddress(repo, config.sources);
    const found = await read(address, ref);
    const secrets = projectSecrets(await secretsOf(store, config, address.url), address.url);
    const judgeTargets = judgeTargetsOf(address.url);
    let refused: MarteauError | null = null;
    const look = await judge(
      found,
      choices,
      Object.keys(secrets),
      async (file) => {
        const judged = await judgeTargets(file);
        refused = judged.why;
        return judged;
      },
      await store.nodes.list(),
    );
    return { look, refused: refused as MarteauError | null };
  }

  return {
    look: async (request, rights) => (await looked(request, rights)).look,
    async requireConsent(request, rights) {
      if (!config.outside.consent) return;
      const { refused } = await looked(request, rights).catch((error: unknown) => {
        if (isMarteauError(error)) return { refused: null };
        throw error;
      });
      if (refused) throw refused;
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
