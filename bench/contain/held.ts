import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Compartment, type ContainSetting, findRung, type Launch } from '@marteau/launch';
import type { Target } from '../load/nginx.ts';
import { pinned } from '../load/program.ts';

/** A way to hold the engine, for one program at a time. */
export interface Held {
  readonly containment: string;
  /** Opens what holds programs of a folder. */
  readonly within: (root: string) => Promise<Launch>;
  close(): Promise<void>;
}

const tree = join(import.meta.dirname, '../..');
const ours = ['packages', 'node_modules', 'package.json'].map((name) => join(tree, name));

/** As a worker of this setting holds it, with nothing to reach but the target. */
export async function openHeld(setting: ContainSetting, { http, https }: Target): Promise<Held> {
  const { rung } = await findRung(setting);
  let compartment: Compartment | undefined;
  const allowed = [http, https].map((url) => {
    const { hostname, port } = new URL(url);
    return { network: hostname, ports: [Number(port), Number(port)] as const };
  });
  return {
    containment: rung.containment,
    async within(root) {
      const temp = join(root, 'tmp');
      await mkdir(temp);
      const node = process.execPath.replace(/(.)\/bin\/node$/, '$1');
      const opened = await rung.open({
        writable: [root],
        readable: [...ours, node],
        temp,
        limits: { tasks: 8192, memoryBytes: 8 * 1024 ** 3 },
      });
      compartment = opened;
      await opened.reach({ never: [], allowed, hosts: {} });
      return ({ file, args, ...request }) => {
        const [command, words] = pinned('generator', file, args);
        return opened.launch({
          ...request,
          file: command,
          args: words,
          env: { PATH: process.env.PATH ?? '', ...request.env },
        });
      };
    },
    async close() {
      await compartment?.[Symbol.asyncDispose]();
    },
  };
}
