import { parseThreshold } from '@marteau/measure';
import { parseDuration, parsePercent } from '@marteau/shared';
import { type Grammar, plainGrammar } from './grammar.ts';
import { parseCycles, parseRateRange, parseUserRange } from './ranges.ts';

const LONGEST = 7 * 86_400_000;

/** A duration that may also be none: `ramp: 0`. */
const moment: Grammar = {
  wanted: 'a duration',
  fix: 'write 2m, 30s, 1h30m, 500ms, or seconds as a plain number',
  pattern: /^\s*(\d+(\.\d+)?|(\d+(\.\d+)?\s*(d|h|m|s|ms)\s*)+)\s*$/,
  explain(written) {
    const ms = parseDuration(written);
    if (ms === null) return {};
    return ms > LONGEST ? { what: `is '${written}', longer than a week`, fix: 'write at most 7d' } : null;
  },
};

const duration: Grammar = {
  ...moment,
  explain(written) {
    if (parseDuration(written) !== 0) return moment.explain(written);
    return { what: 'is no time at all', fix: 'write at least 1ms, or leave the field out' };
  },
};

const cycles: Grammar = {
  wanted: 'users per cycle',
  fix: 'write whole numbers from 1 with colons between them, as in 10:20:30:100',
  pattern: /^\s*\d+(\s*:\s*\d+)*\s*$/,
  explain: (written) => (parseCycles(written) ? null : {}),
};

const users: Grammar = {
  wanted: 'a number of users',
  fix: 'write a whole number from 1, or a range such as 1..100',
  pattern: /^\s*\d+(\s*\.\.\s*\d+)?\s*$/,
  explain: (written) => (parseUserRange(written) ? null : {}),
};

const rate: Grammar = {
  wanted: 'a rate',
  fix: 'write iterations started per second, as in 50/s, or a range such as 50/s..500/s',
  pattern: /^\s*\d+(\.\d+)?\s*\/\s*(s|min|m|h)(\s*\.\.\s*\d+(\.\d+)?\s*\/\s*(s|min|m|h))?\s*$/,
  explain: (written) => (parseRateRange(written) ? null : {}),
};

const rateRange: Grammar = {
  wanted: 'a range of rates',
  fix: 'write the lowest and the highest rate to try, as in 10/s..2000/s',
  pattern: /\.\./,
  explain(written) {
    const range = parseRateRange(written);
    return range && range.from > 0 && range.from < range.to ? null : {};
  },
};

const threshold: Grammar = {
  wanted: 'a threshold',
  fix: 'write METRIC < VALUE, as in p95 < 300ms',
  explain(written) {
    const parsed = parseThreshold(written);
    return 'mistake' in parsed ? parsed.mistake : null;
  },
};

const errorBound: Grammar = {
  wanted: 'a bound for errors',
  fix: 'write it as in < 5%',
  explain(written) {
    const parsed = parseThreshold(`errors ${written}`);
    return 'mistake' in parsed ? {} : null;
  },
};

const percent: Grammar = {
  wanted: 'a percentage',
  fix: 'write 0% to 100%, as in 20%',
  pattern: /^\s*\d+(\.\d+)?\s*%\s*$/,
  explain: (written) => (parsePercent(written) === null ? {} : null),
};

const status = plainGrammar(
  'an HTTP status',
  'write a status such as 404, or a class such as 4xx',
  /^[1-5](xx|\d\d)$/,
);

const httpVersion = plainGrammar('a version of HTTP', 'write 1.1, auto, 2 or h2c', /^(1\.1|auto|2|h2c)$/);

/** Vaurien's percentages: '5:error,10:delay', the rest passes through. */
const behaviors: Grammar = {
  wanted: 'a list of percentages and behaviours',
  fix: 'write it as in 5:error,10:delay',
  pattern: /^\s*\d+(\.\d+)?:[a-z][a-z0-9_-]*(\s*,\s*\d+(\.\d+)?:[a-z][a-z0-9_-]*)*\s*$/,
  explain(written) {
    const parts = written.split(',').map((part) => /^(\d+(?:\.\d+)?):[a-z][a-z0-9_-]*$/.exec(part.trim()));
    if (parts.some((part) => part === null)) return {};
    const sum = parts.reduce((total, part) => total + Number(part?.[1]), 0);
    if (sum <= 100) return null;
    return { what: `adds up to ${sum} %`, fix: 'keep the sum at 100 or below; the rest passes through' };
  },
};

export const quantities = {
  duration,
  moment,
  cycles,
  users,
  rate,
  rateRange,
  threshold,
  errorBound,
  percent,
  status,
  httpVersion,
  behaviors,
};
