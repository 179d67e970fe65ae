import { MarteauError, mailAddressPattern } from '@marteau/shared';
import type { MailboxState, Store } from '@marteau/store';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { open } from '../rights/rule.ts';

const ways = {
  confirm: {
    state: 'confirmed',
    title: 'Mails of this server',
    ask: (to: string) => `May this Marteau mail ${to} how load tests end?`,
    go: 'Yes',
    done: (to: string) => `${to} is mailed from now on. Every mail has a link that stops them.`,
  },
  stop: {
    state: 'stopped',
    title: 'No more mails',
    ask: (to: string) => `Shall this Marteau mail nothing to ${to} any more?`,
    go: 'Stop them',
    done: (to: string) => `${to} gets no more mails from this server.`,
  },
} as const satisfies Record<string, { state: MailboxState; [word: string]: unknown }>;

interface MailboxRequest {
  Params: { way: string };
  Querystring: { to?: string; key?: string };
}

/**
 * Where the owner of an address says whether it may be mailed, by the key of a mail. Opening the page changes nothing,
 * because mail servers open links; its form, and the one click of a mail program (RFC 8058), do.
 */
export async function mailboxRoutes(app: FastifyInstance, { store }: { store: Store }) {
  app.get<MailboxRequest>('/mailbox/:way', { ...open, schema: { hide: true } }, async (request, reply) => {
    const { to, way } = await invited(store, request);
    reply.header('referrer-policy', 'same-origin');
    const { title, ask, go } = way;
    return reply.page('pages/mailbox', { title, sentence: ask(to), go, action: request.url });
  });

  app.post<MailboxRequest>('/mailbox/:way', { ...open, schema: { hide: true } }, async (request, reply) => {
    const { to, way } = await invited(store, request);
    await store.mailboxes.set({ address: to, state: way.state, at: Date.now() });
    reply.header('referrer-policy', 'same-origin');
    return reply.page('pages/mailbox', { title: way.title, sentence: way.done(to), go: '', action: '' });
  });
}

/** @throws MarteauError mailbox-key-wrong */
async function invited(store: Store, { params, query }: FastifyRequest<MailboxRequest>) {
  const { to = '', key = '' } = query;
  const way = Object.hasOwn(ways, params.way) ? ways[params.way as keyof typeof ways] : undefined;
  const isOurs = mailAddressPattern.test(to) && (await store.links.verifyMailbox(to, key));
  if (way === undefined || !isOurs) throw new MarteauError('mailbox-key-wrong', {});
  return { to, way };
}
