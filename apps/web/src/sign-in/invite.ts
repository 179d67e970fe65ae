import type { Person, Store } from '@marteau/store';
import { type Actor, inAudit } from '../rights/actor.ts';
import type { Mailer } from './mailer.ts';

/** Finds or makes the person of an address, and mails a new one where to sign in. The mail holds no secret. */
export async function invite(
  { store, send }: { store: Store; send: Mailer },
  mail: string,
  { base, by }: { base: string; by: Actor },
): Promise<Person> {
  const { person, isNew } = await store.people.make({ issuer: 'mail', subject: mail, name: mail }, { mail });
  if (!isNew) return person;
  const { host } = new URL(base);
  const name = inAudit(by).name || 'An admin';
  await send({
    to: mail,
    subject: `${name} invites you to Marteau at ${host}`.slice(0, 150),
    sentence: `${name} has given you a place at Marteau, the load tests of your team, at ${host}.`,
    go: 'Sign in',
    link: `${base}/sign-in`,
    note: 'You sign in with this mail address: a link comes to you. There is no password, and nothing else to do.',
  });
  return person;
}
