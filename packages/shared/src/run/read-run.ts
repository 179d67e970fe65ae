import { type RecordFormat, readRecord } from '../record/read-record.ts';
import { kindOfTrigger } from './kind.ts';
import { Run } from './run.ts';

/** Version 1, until 0.1.0: the trigger told the kind, and what was told to people were mails. */
interface EarlierRun {
  trigger?: unknown;
  mails?: { to: string; state: string; detail: string }[];
}

const FORMAT: RecordFormat<typeof Run> = {
  schema: Run,
  version: 2,
  upgrades: {
    1: ({ mails = [], ...run }: EarlierRun) => ({
      ...run,
      v: 2,
      kind: kindOfTrigger(String(run.trigger)),
      deliveries: mails.map((mail) => ({ kind: 'mail', ...mail, tries: 0, page: pageOf(mail.detail) })),
    }),
  },
};

/** Where there was no SMTP server, the detail was the file of the mail. */
function pageOf(detail: string): string | null {
  const name = /^outbox\/(.+)\.eml$/.exec(detail)?.[1];
  return name === undefined ? null : `/outbox/${encodeURIComponent(name)}`;
}

/** Reads the text of a run.json. @throws MarteauError newer-data, record-damaged */
export function readRunRecord(text: string, id: string): Run {
  return readRecord(text, FORMAT, `run.json of run ${id}`);
}
