import { join } from 'node:path';
import nunjucks from 'nunjucks';
import type { MailFacts } from './mail-facts.ts';

const SUBJECT_LIMIT = 150;
const templates = join(import.meta.dirname, '../../../../../templates/mail');

// Two environments, because text must not be escaped and HTML must.
const text = new nunjucks.Environment(new nunjucks.FileSystemLoader(templates), {
  autoescape: false,
  trimBlocks: true,
  lstripBlocks: true,
  throwOnUndefined: true,
});
const html = new nunjucks.Environment(new nunjucks.FileSystemLoader(templates), {
  autoescape: true,
  trimBlocks: true,
  lstripBlocks: true,
  throwOnUndefined: true,
});

export interface Links {
  /** The report with its signed key; null where there is no report. */
  report: string | null;
  /** The run's page. */
  run: string;
}

export interface ComposedMail {
  subject: string;
  text: string;
  html: string;
}

/** "fail · Marketplace · p95 412 ms (wanted < 300 ms)", and the mail as text and as HTML. */
export function compose(facts: MailFacts, links: Links): ComposedMail {
  const context = { ...facts, links };
  return {
    subject: oneLine([facts.outcome, facts.name, facts.sentence].filter(Boolean).join(' · ')),
    text: text.render('run.txt.njk', context),
    html: html.render('run.html.njk', context),
  };
}

/** Whether an address may be mailed, with nothing in it that whoever wants it mailed has written but the project. */
export function composeQuestion(context: {
  readonly server: string;
  readonly project: string;
  readonly links: { readonly confirm: string };
}): ComposedMail {
  return {
    subject: `May Marteau at ${new URL(context.server).host} mail you?`,
    text: text.render('ask.txt.njk', context),
    html: html.render('ask.html.njk', context),
  };
}

/** Without line ends and other control characters, and not longer than a mail program shows. */
function oneLine(subject: string): string {
  const line = subject.replace(/[\x00-\x1f\x7f]+/g, ' ').trim();
  return line.length > SUBJECT_LIMIT ? `${line.slice(0, SUBJECT_LIMIT - 1)}…` : line;
}
