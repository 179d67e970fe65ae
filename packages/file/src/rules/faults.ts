import { metricOf, parseThreshold } from '@marteau/measure';
import { nearest, parseDuration } from '@marteau/shared';
import type { Path } from '../check/path.ts';
import type { PartialFile } from '../schema/file.ts';
import type { Report, Rule } from './rule.ts';

/** Faults name proxies that are there. */
export const knownProxies: Rule = {
  reads: ['chaos'],
  check(file, report) {
    const known = Object.keys(file.proxies ?? {});
    for (const [i, fault] of (file.chaos?.timeline ?? []).entries()) {
      expectProxy(fault.proxy, ['chaos', 'timeline', i, 'proxy'], known, 'value', report);
    }
    for (const name of Object.keys(file.chaos?.behaviors ?? {})) {
      expectProxy(name, ['chaos', 'behaviors', name], known, 'key', report);
    }
  },
};

/** What is expected of a fault can be judged, and its repetitions do not run into each other. */
export const judgeableFaults: Rule = {
  reads: ['chaos'],
  check(file, report) {
    for (const [i, fault] of (file.chaos?.timeline ?? []).entries()) {
      const length = fault.for === undefined ? null : parseDuration(fault.for);
      const within = fault.expect?.recoverWithin ?? file.chaos?.expect?.recoverWithin;
      if (length === null && within !== undefined) {
        report(
          ['chaos', 'timeline', i, 'at'],
          'a fault that lasts to the end of the load is never recovered from',
          'add for: 20s, or leave out recoverWithin',
        );
      }
      const every = fault.every === undefined ? null : parseDuration(fault.every);
      if (every !== null && (length === null || length >= every)) {
        report(
          ['chaos', 'timeline', i, 'every'],
          `it begins again before it is healed`,
          'let for: be shorter than every:',
        );
      }
    }
  },
};

/** A proxy knows its backend, and an app that runs elsewhere has its proxy beside it. */
export const reachableProxies: Rule = {
  reads: [],
  check(file, report) {
    for (const [name, proxy] of mapsIn(file.proxies)) {
      if (proxy.control !== undefined) continue;
      if (file.app === undefined) {
        report(
          ['proxies', name],
          `the app runs elsewhere, and nothing there would go through proxy ${name}`,
          'add control: with the address of the Marteau proxy or Toxiproxy beside the app, or start the app with app:',
          'key',
        );
      } else if (proxy.upstream === undefined) {
        report(['proxies', name], `proxy ${name} has no upstream`, 'add upstream: 127.0.0.1:6379', 'key');
      }
    }
  },
};

/** Recordings that forward need to know whereto. */
export const reachableServers: Rule = {
  reads: [],
  check(file, report) {
    for (const [name, tape] of mapsIn(file.recordings)) {
      const { mode = 'replay', way = 'reverse', unmatched, server } = tape;
      const forwards = ['record', 'replayOrRecord', 'diff', 'off'].includes(mode);
      if (server !== undefined || way === 'forward' || !(forwards || unmatched === 'pass')) continue;
      const why = forwards ? `mode: ${mode}` : 'unmatched: pass';
      report(
        ['recordings', name],
        `${why} needs the real server`,
        'add server: https://payments.example.com',
        'key',
      );
    }
  },
};

/** `during faults` without anything that breaks is never judged. */
export const faultsToJudge: Rule = {
  reads: ['thresholds', 'stopIf'],
  check(file, report) {
    if (file.proxies !== undefined || file.fixtures !== undefined) return;
    for (const [path, text] of thresholdTexts(file)) {
      if (!/\bduring\s+faults\s*$/.test(text)) continue;
      report(
        path,
        `'${text}' is about faults, and this file has no proxies`,
        'leave out during faults, or add proxies:',
      );
    }
  },
};

/** What generates the load does not know what is broken meanwhile, nor what will be left over: it cannot stop by that. */
export const judgeableWhileLoaded: Rule = {
  reads: ['stopIf', 'find'],
  check(file, report) {
    for (const [path, text] of [
      ...textsOf('stopIf', file.stopIf),
      ...textsOf('find.while', file.find?.while),
    ]) {
      const parsed = parseThreshold(text);
      if ('mistake' in parsed) continue;
      const { duringFaults, metric } = parsed.threshold;
      if (duringFaults)
        report(
          path,
          `'${text}' cannot end a run: while it runs, nothing tells faults from other times`,
          'leave out during faults, or judge it under thresholds:',
        );
      if (metricOf(metric)?.isAtEnd)
        report(
          path,
          `'${text}' cannot end a run: ${metric} is known at the end of a stage only`,
          'judge it under thresholds:',
        );
    }
  },
};

/** Every threshold of the file, and where it stands. */
export function thresholdTexts(file: PartialFile): [Path, string][] {
  return (['thresholds', 'stopIf'] as const).flatMap((field) => textsOf(field, file[field]));
}

/** @param field `stopIf`, `find.while` */
function textsOf(field: string, written: string | string[] | undefined): [Path, string][] {
  const path = field.split('.');
  if (written === undefined) return [];
  if (typeof written === 'string') return [[path, written]];
  return written.map((text, i): [Path, string] => [[...path, i], text]);
}

/** The entries of a map that are maps themselves, as they should be; what else there is has been told. */
function mapsIn<T extends object>(map: Record<string, T> | undefined): [string, T][] {
  if (typeof map !== 'object' || Array.isArray(map)) return [];
  return Object.entries(map).filter(([, value]) => typeof value === 'object' && !Array.isArray(value));
}

function expectProxy(name: string, path: Path, known: string[], at: 'key' | 'value', report: Report): void {
  if (known.includes(name)) return;
  const near = nearest(name, known);
  const there =
    known.length === 0
      ? 'this file has no proxies; add them under proxies:'
      : `proxies are ${known.join(', ')}`;
  report(path, `there is no proxy '${name}'`, near === null ? there : `did you mean '${near}'?`, at);
}
