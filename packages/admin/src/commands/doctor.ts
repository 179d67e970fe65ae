import { isMarteauError } from '@marteau/shared';
import { openStore, type ServerSettings, type Store } from '@marteau/store';
import { diagnose } from '../doctor/doctor.ts';
import type { Command } from './command.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const MARKS = { ok: 'ok   ', odd: 'odd  ', wrong: 'WRONG' } as const;

export const doctorCommand: Command = {
  name: 'doctor',
  usage: 'doctor',
  about: 'looks at this installation from this machine, and says in sentences what is wrong and what to do',
  options: {},
  takes: [0, 0],
  async run({ settings, env, version, say }) {
    const store = await reach(settings);
    try {
      const { HOST: host = '127.0.0.1', PORT: port = '3000' } = env;
      const found = await diagnose({ settings, host, port: Number(port), version, store });
      for (const { name, findings } of found)
        for (const { kind, sentence } of findings) say(`${MARKS[kind]} ${name}: ${sentence}`);
      const count = (kind: string) =>
        found.flatMap(({ findings }) => findings).filter((one) => one.kind === kind).length;
      say(`${count('wrong')} wrong, ${count('odd')} odd.`);
      return count('wrong') > 0 ? 1 : 0;
    } finally {
      await store?.close();
    }
  },
};

/** Null where Redis does not answer. A bucket that cannot be used keeps nothing else from being looked at. */
async function reach({ redisUrl, dataFolder, bucket }: ServerSettings): Promise<Store | null> {
  const options = { redisUrl, dataFolder, log: silent, clientName: 'doctor', kind: 'admin' } as const;
  const store = await openStore({ ...options, bucket }).catch((error: unknown) => {
    if (!isMarteauError(error)) throw error;
    return openStore(options);
  });
  try {
    await store.ping();
    return store;
  } catch (error) {
    await store.close();
    if (!isMarteauError(error, 'store-unavailable')) throw error;
    return null;
  }
}
