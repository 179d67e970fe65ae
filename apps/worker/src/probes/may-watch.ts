import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isAdmin } from '@marteau/store';
import type { Context } from '../context.ts';

/** Whether it is the access token, or a key for metrics of somebody who is an admin now. */
export async function mayWatch(
  { config, store }: Pick<Context, 'config' | 'store'>,
  bearer: string,
): Promise<boolean> {
  if (bearer === '') return false;
  if (config.accessToken !== null && isSame(bearer, config.accessToken)) return true;
  const key = await store.apiKeys.use(bearer);
  if (!key?.scopes.includes('metrics')) return false;
  const person = await store.people.get(key.person);
  return person !== null && !person.isDisabled && isAdmin(person, config.admins);
}

/** Compares without telling by its time where the two differ. */
function isSame(given: string, right: string): boolean {
  const once = randomBytes(32);
  const digest = (text: string) => createHmac('sha256', once).update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}
