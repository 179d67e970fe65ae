import { MarteauError } from '@marteau/shared';
import type { FastifyInstance } from 'fastify';
import type { WebConfig } from '../config.ts';
import { outboxFolder } from '../outbox/outbox-folder.ts';
import { admin } from '../rights/rule.ts';
import { moment } from '../views/moment.ts';

const SHOWN = 50;

/** A mail is foreign: it runs nothing and loads nothing, and its links open in a tab of their own. */
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

interface MailRequest {
  Params: { name: string };
}

/** The mails that a server without SMTP would have sent. */
export async function outboxRoutes(app: FastifyInstance, { config }: { config: WebConfig }) {
  const folder = outboxFolder(config.outbox);

  async function known(name: string) {
    const mail = await folder.read(name);
    if (mail === null) throw new MarteauError('not-found', { what: 'such mail' });
    return mail;
  }

  app.get('/outbox', { ...admin, schema: { hide: true } }, async (_request, reply) => {
    const mails = (await folder.list(SHOWN)).map((mail) => ({
      ...mail,
      when: moment(mail.date, Date.now()),
    }));
    return reply.page('pages/outbox', { title: 'Outbox', mails });
  });

  app.get<MailRequest>('/outbox/:name', { ...admin, schema: { hide: true } }, async (request, reply) => {
    const mail = await known(request.params.name);
    return reply.page('pages/mail', {
      title: mail.subject,
      mail: { ...mail, when: moment(mail.date, Date.now()) },
    });
  });

  app.get<MailRequest>('/outbox/:name/html', { ...admin, schema: { hide: true } }, async (request, reply) => {
    const { html } = await known(request.params.name);
    return reply
      .header('content-security-policy', MAIL_POLICY)
      .type('text/html; charset=utf-8')
      .send(`<base target="_blank">${html}`);
  });
}
