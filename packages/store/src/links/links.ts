import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Redis } from 'ioredis';
import { atomicWrite } from '../folders/atomic-write.ts';
import { isMissing } from '../folders/safe-path.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** Keys that let someone without a login see one thing: a report for 30 days, a project's badge for good. */
export interface Links {
  /** @param now ms since 1970 @returns the key to put into the link */
  sign(runId: string, now: number): Promise<string>;
  /** Whether the key is ours, for this run, and not expired. Never throws on a bad key. */
  verify(runId: string, key: string, now: number): Promise<boolean>;
  /** @param project normalised URL @returns the key of its badge */
  signBadge(project: string): Promise<string>;
  /** Whether the key is ours and for this project. Never throws on a bad key. */
  verifyBadge(project: string, key: string): Promise<boolean>;
  /** @returns the key by which the owner of an address says whether it may be mailed */
  signMailbox(address: string): Promise<string>;
  verifyMailbox(address: string, key: string): Promise<boolean>;
  /**
   * @param host of a target @returns what stops a run's load of it: always the same, and it tells nobody else of which
   * run it is
   */
  sealStop(runId: string, host: string): Promise<string>;
  /** Of which run and host it is; null for what is not ours. Never throws on a bad one. */
  openStop(sealed: string): Promise<{ runId: string; host: string } | null>;
}

const VALID_MS = 30 * 86_400_000;

/** `EXPIRES.MAC`: the last moment in base 36, and the HMAC-SHA-256 of run and moment, 144 bits of it. */
const KEY_PATTERN = /^([0-9a-z]{1,11})\.([A-Za-z0-9_-]{24})$/;
const MAC_PATTERN = /^[A-Za-z0-9_-]{24}$/;

/**
 * The secret is made once. Redis has it so that every machine signs alike; the file keeps it over an emptied Redis,
 * and lets a web verify links while Redis is away.
 */
export function createLinks(redis: Redis, secretFile: string): Links {
  let secret: Promise<Buffer> | undefined;
  const theSecret = (): Promise<Buffer> => {
    secret ??= agreeOnSecret(redis, secretFile);
    secret.catch(() => {
      secret = undefined;
    });
    return secret;
  };

  const mac = async (what: string): Promise<string> =>
    createHmac('sha256', await theSecret())
      .update(what)
      .digest()
      .subarray(0, 18)
      .toString('base64url');

  return {
    async sign(runId, now) {
      const expires = Math.floor(now + VALID_MS).toString(36);
      return `${expires}.${await mac(`report ${runId} ${expires}`)}`;
    },
    async verify(runId, key, now) {
      const [, expires, given] = KEY_PATTERN.exec(key) ?? [];
      if (!expires || !given || Number.parseInt(expires, 36) < now) return false;
      return equal(given, await mac(`report ${runId} ${expires}`));
    },
    signBadge: (project) => mac(`badge ${project}`),
    verifyBadge: async (project, key) => MAC_PATTERN.test(key) && equal(key, await mac(`badge ${project}`)),
    signMailbox: (address) => mac(`mailbox ${address.toLowerCase()}`),
    verifyMailbox: async (address, key) =>
      MAC_PATTERN.test(key) && equal(key, await mac(`mailbox ${address.toLowerCase()}`)),
    sealStop: async (runId, host) => seal(await theSecret(), `${runId} ${host}`),
    async openStop(sealed) {
      if (!SEALED_PATTERN.test(sealed)) return null;
      const secret = await theSecret();
      try {
        const [runId = '', host = ''] = open(secret, sealed).split(' ');
        return { runId, host };
      } catch {
        return null;
      }
    },
  };
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED_PATTERN = /^[A-Za-z0-9_-]{40,600}$/;

/** The nonce is made of the text, so that one text has one seal: what is sealed twice tells nothing new. */
function seal(secret: Buffer, text: string): string {
  const nonce = derived(secret, `nonce ${text}`).subarray(0, NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, derived(secret, 'seal'), nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** @throws Error for what was not sealed by this secret */
function open(secret: Buffer, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const [nonce, tag] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)];
  const decipher = createDecipheriv(CIPHER, derived(secret, 'seal'), nonce).setAuthTag(tag);
  const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8');
  return text + decipher.final('utf8');
}

function derived(secret: Buffer, what: string): Buffer {
  return createHmac('sha256', secret).update(`stop ${what}`).digest();
}

function equal(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

async function agreeOnSecret(redis: Redis, file: string): Promise<Buffer> {
  const kept = await readSecret(file);
  try {
    const agreed = await onRedis(async () => {
      await redis.set(redisKeys.linkkey(), kept ?? randomBytes(32).toString('hex'), 'NX');
      return redis.get(redisKeys.linkkey());
    });
    if (agreed && agreed !== kept) {
      await mkdir(dirname(file), { recursive: true });
      await atomicWrite(file, 'the key of links', `${agreed}\n`, 0o600);
    }
    return Buffer.from(agreed!, 'hex');
  } catch (error) {
    if (kept) return Buffer.from(kept, 'hex');
    throw error;
  }
}

async function readSecret(file: string): Promise<string | null> {
  try {
    const text = (await readFile(file, 'utf8')).trim();
    return /^[0-9a-f]{64}$/.test(text) ? text : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
