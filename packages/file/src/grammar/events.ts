import { nextTime } from '../when/next-times.ts';
import { type Grammar, plainGrammar } from './grammar.ts';

/** Names of branches, tags and paths: `*` stays within a part of a path, `**` does not; `!` takes out again. */
const namePattern = plainGrammar(
  'a pattern of names',
  'write a name, with * for any characters but /, ** for any, ? for one, and ! before one to take out, as in release/*',
  /^!?(?!\/)[^\s\x00-\x1f\x7f~^:[\]\\{}!]+$/,
);

const zone: Grammar = {
  wanted: 'a time zone',
  fix: 'write it as the IANA database names it, as in Europe/Berlin or UTC',
  explain: (written) => (isZone(written) ? null : {}),
};

const cron: Grammar = {
  wanted: 'a schedule',
  fix: 'write minute, hour, day of the month, month and weekday, as in "30 2 * * 1-5", or @daily',
  explain(written) {
    try {
      if (nextTime({ cron: written }, 0) !== null) return null;
    } catch {
      return {};
    }
    return {
      what: `is '${written}', which never comes`,
      fix: 'write a day that the calendar has, as in "0 3 28 2 *"',
    };
  },
};

function isZone(written: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: written });
    return /^[A-Za-z]/.test(written);
  } catch {
    return false;
  }
}

export const events = { namePattern, zone, cron };
