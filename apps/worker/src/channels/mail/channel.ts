import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Results, readResults } from '@marteau/report/schema';
import { isMarteauError, type Run } from '@marteau/shared';
import type { RunFolder } from '@marteau/store';
import type { Config } from '../../config.ts';
import type { Context } from '../../context.ts';
import type { Channel } from '../channel.ts';
import { isAllowed, readAddress } from './addresses.ts';
import { type ComposedMail, compose } from './compose.ts';
import { mailFacts } from './mail-facts.ts';
import { outboxTransport, smtpTransport, type Transport } from './transport.ts';

const READ_BYTES = 64 * 1024;
const APP_LINES = 10;

/** Mails: through the SMTP server, or into the outbox where none is configured. */
export function mailChannel(context: Context): Channel {
  const { domains } = context.config.mail;
  const send = transportOf(context.config, context.now);
  return {
    kind: 'mail',
    async tell(run, delivery) {
      const to = readAddress(delivery.to);
      if (!to) return { outcome: 'refused', detail: 'this is not one address' };
      if (!isAllowed(to, domains)) {
        const only = domains.join(', ');
        return { outcome: 'refused', detail: `this server mails only to ${only} (MARTEAU_MAIL_DOMAINS)` };
      }
      return send({ ...(await write(context, run)), to, messageId: messageId(run.id, delivery.to) });
    },
  };
}

function transportOf({ mail, smtpUrl, dataFolder }: Config, now: () => number): Transport {
  const from = { ...readAddress(mail.from)!, name: 'Marteau' };
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
