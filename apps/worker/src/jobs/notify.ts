import { type Results, readResults } from '@marteau/report/schema';
import type { Run } from '@marteau/shared';
import type { JobResult, NotifyJob } from '@marteau/store';
import type { Context } from '../context.ts';
import { isAllowed, readAddress } from '../mail/addresses.ts';
import { appLogOf } from '../mail/app-log.ts';
import { type ComposedMail, compose } from '../mail/compose.ts';
import { lastGoodRun } from '../mail/last-good-run.ts';
import { mailFacts } from '../mail/mail-facts.ts';
import type { Transport } from '../mail/transport.ts';

/**
 * Sends one mail of the outbox, and writes down what became of it. A run never changes by it. While load is generated
 * none is begun; load does not wait for one that is on its way, though, because that itself only waits for the other
 * side, up to a minute.
 */
export async function notify(context: Context, transport: Transport, job: NotifyJob): Promise<JobResult> {
  if (context.gate.isLoading) return 'later';
  const { outbox, runs } = context.store;
  const mail = await outbox.claim(job.mailId);
  if (!mail) return 'stale';
  const run = await runs.get(mail.runId);
  const to = readAddress(mail.to);
  const { domains } = context.config.mail;
  if (!run) await outbox.refused(mail, 'the run was deleted');
  else if (!to) await outbox.refused(mail, 'this is not one address');
  else if (!isAllowed(to, domains))
    await outbox.refused(mail, `this server mails only to ${domains.join(', ')} (MARTEAU_MAIL_DOMAINS)`);
  else {
    const { outcome, detail } = await transport({
      ...(await write(context, run)),
      to,
      messageId: mail.messageId,
    });
    if (outcome === 'sent') await outbox.sent(mail, detail);
    else if (outcome === 'refused') await outbox.refused(mail, detail);
    else await outbox.retry(mail, detail);
    context.log.info({ run: run.id, outcome, detail, try: mail.try }, 'mail');
  }
  return 'done';
}

async function write({ store, config, now }: Context, run: Run): Promise<ComposedMail> {
  const folder = store.folders.of(run.id);
  const text = run.hasReport ? await folder.text('results.json') : null;
  const facts = mailFacts({
    run,
    results: text === null ? null : readOrNull(text),
    lastGood: run.verdict === null ? null : await lastGoodRun(store.runs, run),
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
  } catch {
    return null;
  }
}
