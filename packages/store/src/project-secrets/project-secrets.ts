import { MarteauError, whyTooShort } from '@marteau/shared';
import { type Static, Type } from 'typebox';
import type { Context } from '../context.ts';
import { createRecords } from '../records/records.ts';
import { redisKeys } from '../redis/keys.ts';
import type { Vault } from '../vault/vault.ts';

/** Secrets that a project's owners have set on its page: sealed, so that record and copy tell nothing. */
const SealedSecrets = Type.Object({
  v: Type.Literal(1),
  id: Type.String({ description: 'of the project' }),
  values: Type.Record(Type.String(), Type.Object({ sealed: Type.String(), at: Type.String() })),
  /** A token for the repository's own host. */
  git: Type.Optional(Type.Object({ sealed: Type.String(), at: Type.String() })),
});
type SealedSecrets = Static<typeof SealedSecrets>;

export const SECRETS_FORMAT = { schema: SealedSecrets, version: 1, upgrades: {} } as const;

/** What a run of the project is given. */
export interface OpenSecrets {
  values: Record<string, string>;
  /** A token, or USER:PASSWORD; null where none is set. */
  git: string | null;
}

export interface ProjectSecrets {
  /** Their names, and since when; never a value. */
  list(project: string): Promise<{ name: string; at: string }[]>;
  /** Since when there is a git token; null where there is none. */
  gitSince(project: string): Promise<string | null>;
  /** @throws 'bad-request' for a name that no variable has, and a value that could not be masked */
  set(project: string, name: string, value: string): Promise<void>;
  setGit(project: string, token: string): Promise<void>;
  remove(project: string, name: string): Promise<void>;
  removeGit(project: string): Promise<void>;
  removeAll(project: string): Promise<void>;
  /** @throws 'sealed-elsewhere' on a machine without the key */
  open(project: string): Promise<OpenSecrets>;
  /** Makes a new key, and seals all with it. */
  rotate(): Promise<number>;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;
const LONGEST = 32_768;

/** @param folder absolute, in the data folder */
export function createProjectSecrets(
  context: Pick<Context, 'redis' | 'script' | 'clock'>,
  folder: string,
  vault: Vault,
): ProjectSecrets & { fill(): Promise<string[]> } {
  const records = createRecords(context, {
    hash: redisKeys.records('secrets'),
    folder,
    format: SECRETS_FORMAT,
  });
  const about = (project: string, name: string) => `secret ${project} ${name}`;
  const aboutGit = (project: string) => `git token ${project}`;
  const seal = async (value: string, what: string) => ({
    sealed: await vault.seal(value, what),
    at: new Date(context.clock.now()).toISOString(),
  });
  const change = (id: string, work: (before: SealedSecrets) => SealedSecrets) =>
    records.change(id, (before) => work(before ?? { v: 1, id, values: {} }));

  function check(name: string, value: string): void {
    const why =
      value.length > LONGEST ? `${name} is longer than ${LONGEST} characters` : whyTooShort(name, value);
    if (why) throw new MarteauError('bad-request', { detail: `${why}.` });
  }

  return {
    async list(project) {
      const { values = {} } = (await records.get(project)) ?? {};
      return Object.entries(values)
        .map(([name, { at }]) => ({ name, at }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    gitSince: async (project) => (await records.get(project))?.git?.at ?? null,
    async set(project, name, value) {
      if (!NAME.test(name))
        throw new MarteauError('bad-request', {
          detail: 'A secret has the name of a variable: letters, digits and _, such as TOKEN.',
        });
      check(name, value);
      const sealed = await seal(value, about(project, name));
      await change(project, (before) => ({ ...before, values: { ...before.values, [name]: sealed } }));
    },
    async setGit(project, token) {
      check('the git token', token);
      const git = await seal(token, aboutGit(project));
      await change(project, (before) => ({ ...before, git }));
    },
    async remove(project, name) {
      await change(project, (before) => {
        const { [name]: _gone, ...values } = before.values;
        return { ...before, values };
      });
    },
    async removeGit(project) {
      await change(project, ({ git: _gone, ...before }) => before);
    },
    removeAll: records.remove,
    async open(project) {
      const record = await records.get(project);
      if (record === null) return { values: {}, git: null };
      const values: Record<string, string> = {};
      for (const [name, { sealed }] of Object.entries(record.values))
        values[name] = await vault.open(sealed, about(project, name));
      return { values, git: record.git ? await vault.open(record.git.sealed, aboutGit(project)) : null };
    },
    async rotate() {
      await vault.rotate();
      const { records: all } = await records.list();
      for (const { id, values, git } of all) {
        const again: SealedSecrets = { v: 1, id, values: {} };
        for (const [name, { sealed, at }] of Object.entries(values))
          again.values[name] = {
            sealed: await vault.seal(await vault.open(sealed, about(id, name)), about(id, name)),
            at,
          };
        if (git)
          again.git = {
            sealed: await vault.seal(await vault.open(git.sealed, aboutGit(id)), aboutGit(id)),
            at: git.at,
          };
        // One that was set meanwhile is sealed with the new key already.
        await records.change(id, (now) => now && { ...again, ...newer(now, again) });
      }
      return all.length;
    },
    fill: records.fill,
  };
}

/** What changed since it was read. */
function newer(now: SealedSecrets, read: SealedSecrets): Partial<SealedSecrets> {
  const values = Object.fromEntries(
    Object.entries(now.values).map(([name, value]) => [
      name,
      read.values[name]?.at === value.at ? read.values[name] : value,
    ]),
  );
  const git = now.git && (read.git?.at === now.git.at ? read.git : now.git);
  return { values, ...(git && { git }) };
}
