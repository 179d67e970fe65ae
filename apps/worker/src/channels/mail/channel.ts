import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  type Mail,
  outboxTransport,
  readAddress,
  readSender,
  smtpTransport,
  type Transport,
} from '@marteau/mail';
import { type Results, readResults } from '@marteau/report/schema';
import { isMarteauError, type Run } from '@marteau/shared';
import type { RunFolder } from '@marteau/store';
import type { Config } from '../../config.ts';
import type { Context } from '../../context.ts';
import type { Channel, Told } from '../channel.ts';
import { type ComposedMail, compose, composeQuestion } from './compose.ts';
import { mailFacts } from './mail-facts.ts';
import { mayMail } from './may-mail.ts';

const READ_BYTES = 64 * 1024;
const APP_LINES = 10;

/** Mails: through the SMTP server, or into the outbox where none is configured. */
export function mailChannel(context: Context): Channel {
  const { store, config, now } = context;
  const { domains, from, perDay } = config.mail;
  const leaves = config.smtpUrl !== null;
  const send = transportOf(config, now);

  /** Sends, unless as many as may leave in a day have left. */
  async function sendCounted(mail: Mail): Promise<Told> {
    if (leaves && (await store.mailboxes.count(now())) > perDay)
      return { outcome: 'later', detail: `${perDay} mails have left today (MARTEAU_MAILS_PER_DAY)` };
    return send(mail);
  }

  return {
    kind: 'mail',
    async tell(run, delivery) {
      const to = readAddress(delivery.to);
      if (!to) return { outcome: 'refused', detail: 'this is not one address' };
      const known = await store.mailboxes.get(to.address);
      const leave = mayMail(to, { domains, from, leaves, known, now: now() });
      if (typeof leave !== 'string') return leave;
      const links = await mailboxLinks(context, to.address);
      const mail = { to, messageId: messageId(run.id, delivery.to), stop: links.stop };
      if (leave === 'send') return sendCounted({ ...mail, ...(await write(context, run)) });
      const asked = composeQuestion({ server: config.publicUrl, project: run.project, links });
      const told = await sendCounted({ ...mail, ...asked, messageId: messageId('question', delivery.to) });
      if (told.outcome !== 'sent') return told;
      await store.mailboxes.set({ address: to.address, state: 'asked', at: now() });
      return { outcome: 'later', detail: 'it is asked by mail whether it may be mailed' };
    },
  };
}

/** Where the owner of an address says that it may be mailed, or may not. */
async function mailboxLinks({ store, config }: Context, address: string) {
  const words = new URLSearchParams({ to: address, key: await store.links.signMailbox(address) });
  const page = (way: string) => `${config.publicUrl}/mailbox/${way}?${words}`;
  return { confirm: page('confirm'), stop: page('stop') };
}

function transportOf({ mail, smtpUrl, dataFolder }: Config, now: () => number): Transport {
  const from = readSender(mail.from)!;
  return smtpUrl ? smtpTransport(smtpUrl, from) : outboxTransport(join(dataFolder, 'outbox'), from, now);
}

/** The same for every try, so that a mail that arrives twice is known to be one. */
function messageId(runId: string, to: string): string {
  const address = createHash('sha256').update(to.toLowerCase()).digest('hex').slice(0, 16);
  return `<${runId}.${address}@marteau>`;
}

async function write({ store, config, now }: Context, run: Run): Promise<ComposedMail> {
  const folder = store.folders.of(run.id);
  const text = run.hasReport ? await folder.text('results.json') : null;
  const facts = mailFacts({
    run,
    results: text === null ? null : readOrNull(text),
    appLog: await appLogOf(folder),
  });
  const page = `${config.publicUrl}/runs/${run.id}`;
  const key = encodeURIComponent(await store.links.sign(run.id, now()));
  return compose(facts, { run: page, report: run.hasReport ? `${page}/report?key=${key}` : null });
}

/** A mail without its numbers is better than none. */
function readOrNull(text: string): Results | null {
  try {
    return readResults(text);
  } catch (error) {
    if (isMarteauError(error)) return null;
    throw error;
  }
}

/** The last lines that the app printed, from the run's console; none where there was no app. */
async function appLogOf(folder: RunFolder): Promise<string[]> {
  const size = (await folder.list()).find(({ name }) => name === 'console.log')?.size ?? 0;
  if (size === 0) return [];
  const end = await folder.open('console.log', { start: Math.max(0, size - READ_BYTES) });
  if (!end) return [];
  const lines = (await text(end.stream)).split('\n');
  return lines.flatMap((line) => /^[\d:.]+ app +\| (.*)$/.exec(line)?.[1] ?? []).slice(-APP_LINES);
}
