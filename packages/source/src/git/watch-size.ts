import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const LOOK_EVERY_MS = 100;

export interface SizeWatch extends Disposable {
  /** Whether it was, or is at this moment, too much. */
  exceeded(): Promise<boolean>;
}

/** Looks again and again how much git has received, which nothing in git limits, and reports once when it is too much. */
export function watchSize(folder: string, maxBytes: number, tooMuch: () => void): SizeWatch {
  let known = false;
  const exceeded = async (): Promise<boolean> => {
    if ((await sizeOf(folder)) > maxBytes) known = true;
    return known;
  };
  const timer = setInterval(async () => {
    if (known || !(await exceeded())) return;
    tooMuch();
  }, LOOK_EVERY_MS);
  return { exceeded, [Symbol.dispose]: () => clearInterval(timer) };
}

/** Bytes of the files in a folder; what is not there has none. */
async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = names.map((name) =>
    stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
