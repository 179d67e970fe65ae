import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MarteauError } from '@marteau/shared';
import { atomicWrite } from '../folders/atomic-write.ts';
import { isMissing } from '../folders/safe-path.ts';

/**
 * Encrypts what must not be read in Redis, in a bucket or in a back-up. The keys lie in a file of mode 0600 that is in
 * none of them; every machine that has to read needs a copy of it.
 */
export interface Vault {
  /** @param about what it is for: of another thing it cannot be opened @returns `KEY.NONCE.TEXT`, base64url */
  seal(text: string, about: string): Promise<string>;
  /** @throws 'sealed-elsewhere' where the key is not in the file, or it is of something else */
  open(sealed: string, about: string): Promise<string>;
  /** Makes a key with which all is sealed from now on; the older ones go on opening. */
  rotate(): Promise<void>;
  /** Whether something was sealed with a key that is not the newest. */
  isOld(sealed: string): Promise<boolean>;
}

interface Key {
  /** Eight characters. */
  id: string;
  bytes: Buffer;
}

const LINE = /^([\w-]{8}) ([0-9a-f]{64})$/;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** @param file absolute; made with the first use */
export function createVault(file: string): Vault {
  /** Read each time: another process may have made a key. */
  async function keys(): Promise<Key[]> {
    const found = await readKeys(file);
    if (found.length > 0) return found;
    await makeFirst(file);
    return readKeys(file);
  }

  /** One after the other: each adds to what the one before has written. */
  let rotating: Promise<void> = Promise.resolve();

  async function addKey(): Promise<void> {
    const text = [newKey(), ...(await keys())].map(lineOf).join('');
    await atomicWrite(file, 'the keys of secrets', text, 0o600);
  }

  return {
    async seal(text, about) {
      const [key] = await keys();
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key!.bytes, nonce).setAAD(Buffer.from(about));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return [key!.id, nonce.toString('base64url'), sealed.toString('base64url')].join('.');
    },
    async open(sealed, about) {
      const [id, nonce = '', text = ''] = sealed.split('.');
      const key = (await readKeys(file)).find((one) => one.id === id);
      if (key === undefined) throw new MarteauError('sealed-elsewhere', {});
      try {
        const bytes = Buffer.from(text, 'base64url');
        const cipher = createDecipheriv('aes-256-gcm', key.bytes, Buffer.from(nonce, 'base64url'));
        cipher.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(-TAG_BYTES));
        return Buffer.concat([cipher.update(bytes.subarray(0, -TAG_BYTES)), cipher.final()]).toString('utf8');
      } catch {
        throw new MarteauError('sealed-elsewhere', {});
      }
    },
    rotate() {
      const done = rotating.then(addKey);
      rotating = done.catch(() => {});
      return done;
    },
    isOld: async (sealed) => (await keys())[0]?.id !== sealed.split('.')[0],
  };
}

const newKey = (): Key => ({ id: randomBytes(6).toString('base64url'), bytes: randomBytes(32) });
const lineOf = ({ id, bytes }: Key): string => `${id} ${bytes.toString('hex')}\n`;

/** Of several processes that begin at once one makes it: what another had sealed with a key of its own would be lost. */
async function makeFirst(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const whole = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(whole, lineOf(newKey()), { mode: 0o600, flush: true });
    await link(whole, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(whole, { force: true });
  }
}

async function readKeys(file: string): Promise<Key[]> {
  try {
    return (await readFile(file, 'utf8')).split('\n').flatMap((line) => {
      const [, id, hex] = LINE.exec(line) ?? [];
      return id && hex ? [{ id, bytes: Buffer.from(hex, 'hex') }] : [];
    });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
