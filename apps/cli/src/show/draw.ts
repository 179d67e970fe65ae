import { countOf, formatCount, formatDuration, formatLatency, formatRate } from '@marteau/shared';
import { type LoadProgress, partDone, stepInWords } from './progress.ts';

const BAR = 24;
const BLOCKS = '▁▂▃▄▅▆▇█';

/** The lines of a terminal that show a running load, without colours. @param now ms since 1970 */
export function drawLoad(progress: LoadProgress, now: number): string[] {
  const { plan, told, last, lengthMs, startedAt, requests, errors, iterations, failures, rates } = progress;
  const done = partDone(progress, now);
  const left = plan === null ? (told.leftMs ?? 0) : Math.max(0, lengthMs - (now - startedAt));
  const filled = Math.round(done * BAR);
  const percent = `${Math.floor(done * 100)} %`.padStart(5);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`;
  const ending = plan === null ? '' : 'finishing';
  const time = left > 0 ? `${formatDuration(Math.ceil(left / 1000) * 1000)} left` : ending;
  return [
    `${bar} ${percent}  ${stepInWords(progress)}  ${time}`,
    `  ${formatRate(last?.requests ?? null)}  ${countOf(requests, 'request')}, ${countOf(errors, 'error')}  ` +
      `${countOf(iterations, 'iteration')}, ${formatCount(failures)} failed  ${countOf(last?.users ?? 0, 'user')}`,
    `  ${latencies(last)}  ${sparkline(rates)}`,
  ];
}

/** The same as one line for a log: '00:10  10 users (2 of 4)  450/s  p50 …  0 errors'. */
export function loadLine(progress: LoadProgress): string {
  const { last, errors, failures } = progress;
  const seconds = (last?.second ?? -1) + 1;
  return [
    clock(seconds),
    stepInWords(progress),
    formatRate(last?.requests ?? null),
    latencies(last),
    countOf(errors, 'error'),
    `${formatCount(failures)} failed`,
  ].join('  ');
}

function latencies(last: LoadProgress['last']): string {
  const at = (name: 'p50' | 'p95' | 'p99') =>
    `${name} ${formatLatency(last && last.requests > 0 ? last[name] : null)}`;
  return `${at('p50')}  ${at('p95')}  ${at('p99')}`;
}

/** '▁▂▅█': each value as a part of the highest one. */
function sparkline(values: readonly number[]): string {
  const highest = Math.max(1, ...values);
  return values.map((value) => BLOCKS[Math.round((value / highest) * (BLOCKS.length - 1))]).join('');
}

/** 75 → '01:15'. */
function clock(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}
