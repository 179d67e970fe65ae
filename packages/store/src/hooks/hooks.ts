import { randomBytes } from 'node:crypto';
import { MarteauError } from '@marteau/shared';
import type { Context } from '../context.ts';
import { createRecords } from '../records/records.ts';
import { redisKeys } from '../redis/keys.ts';
import { within } from '../redis/within.ts';
import { HOOK_FORMAT, type Hook, type HookForge } from './hook.ts';

/** The hooks of projects, each with secrets of its own. */
export interface Hooks {
  /** Makes the hook of a project, or gives the one that it has another forge. @returns its secret where it is new */
  connect(
    project: { id: string; repo: string },
    forge: HookForge,
  ): Promise<{ hook: Hook; secret: string | null }>;
  /** Makes another secret; the one before opens for a week. @throws 'not-found' */
  rotate(project: string): Promise<{ hook: Hook; secret: string }>;
  /** Has its repository looked at, or no longer. @throws 'not-found' */
  poll(project: string, polls: boolean): Promise<Hook>;
  /** Has issues opened and closed at its forge, or no longer. @throws 'not-found' */
  keepIssues(project: string, issues: boolean): Promise<Hook>;
  /** @param text when nothing starts by itself; '' for never @throws 'not-found' */
  keepQuiet(project: string, text: string): Promise<Hook>;
  /** Also while Redis is away: then as its file has it. @throws 'record-damaged', 'newer-data' */
  of(project: string): Promise<Hook | null>;
  list(): Promise<Hook[]>;
  /** Its project was deleted: it is as if there were none, until it is opened again or connected anew. */
  close(project: string): Promise<void>;
  reopen(project: string): Promise<void>;
  remove(project: string): Promise<void>;
}

const BYTES = 32;
const OLD_OPENS_MS = 7 * 86_400_000;
/** A forge waits ten seconds, and a burst waits in line. */
const PATIENCE_MS = 100;

/** @param folder absolute, in the data folder */
export function createHooks(
  context: Pick<Context, 'redis' | 'script' | 'clock'>,
  folder: string,
): Hooks & { fill(): Promise<string[]> } {
  const { clock } = context;
  const records = createRecords(context, { hash: redisKeys.records('hooks'), folder, format: HOOK_FORMAT });
  const moment = (ms = 0) => new Date(clock.now() + ms).toISOString();
  const newSecret = () => ({ secret: `whsec_${randomBytes(BYTES).toString('base64')}`, madeAt: moment() });

  const setClosed = async (project: string, isClosed: boolean): Promise<void> => {
    if (await records.has(project)) await records.change(project, (hook) => hook && { ...hook, isClosed });
  };

  const changed = async (project: string, work: (before: Hook) => Hook): Promise<Hook> => {
    const hook = await records.change(project, (before) => {
      if (before === null)
        throw new MarteauError('not-found', { what: `hook of project ${project.slice(0, 40)}` });
      return work(before);
    });
    return hook!;
  };

  return {
    async connect({ id, repo }, forge) {
      const first = newSecret();
      let isNew = false;
      const hook = await records.change(id, (before) => {
        isNew = before === null;
        return before
          ? { ...before, forge, isClosed: false }
          : { v: 1, project: id, repo, forge, secrets: [first] };
      });
      return { hook: hook!, secret: isNew ? first.secret : null };
    },
    async rotate(project) {
      const next = newSecret();
      const hook = await records.change(project, (before) => {
        if (before === null)
          throw new MarteauError('not-found', { what: `hook of project ${project.slice(0, 40)}` });
        return { ...before, secrets: [next, { ...before.secrets[0]!, until: moment(OLD_OPENS_MS) }] };
      });
      return { hook: hook!, secret: next.secret };
    },
    poll: (project, polls) =>
      changed(project, ({ polls: _, ...rest }) => (polls ? { ...rest, polls: true } : rest)),
    keepIssues: (project, issues) =>
      changed(project, ({ issues: _, ...rest }) => (issues ? { ...rest, issues: true } : rest)),
    keepQuiet: (project, text) =>
      changed(project, ({ quiet: _, ...rest }) => (text === '' ? rest : { ...rest, quiet: text })),
    async of(project) {
      const asFile = (why: unknown) => records.kept(project, why);
      // Who waited for a Redis that is known to be away would have all of a burst wait.
      const asked = context.redis.status === 'ready' ? records.get(project) : null;
      const hook =
        asked !== null && (await within(PATIENCE_MS, asked))
          ? await asked.catch(asFile)
          : await asFile(new MarteauError('store-unavailable', {}));
      return hook?.isClosed ? null : hook;
    },
    list: async () => (await records.list()).records.filter(({ isClosed }) => !isClosed),
    close: (project) => setClosed(project, true),
    reopen: (project) => setClosed(project, false),
    remove: records.remove,
    fill: records.fill,
  };
}
