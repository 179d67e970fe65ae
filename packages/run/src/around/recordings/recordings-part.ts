import { extname, join } from 'node:path';
import type { ResolvedFile } from '@marteau/file';
import { ForeignFileError, readForeignFile } from '@marteau/launch';
import { proxyEnvironment, type StandInAddress, startStandInProcess } from '@marteau/replay';
import { MarteauError } from '@marteau/shared';
import type { Places } from '../../environment/foreign-env.ts';
import { anyPortOf, onThisMachine } from '../elsewhere/doors.ts';
import type { AroundContext, AroundPart, StartedPart } from '../part.ts';
import { variableOf } from './behind-proxies.ts';

type Recordings = ResolvedFile['recordings'];

const MOST_TAPE_BYTES = 64 << 20;

/**
 * The stand-ins of a file, in a process of their own. What starts later finds each in MARTEAU_RECORDING_NAME, or has it
 * as its proxy.
 */
export function recordingsPart({ recordings, targets }: ResolvedFile): AroundPart {
  return {
    name: 'recordings',
    async start({ places, console, phase, signal, launch, listen, onFault, keepText }): Promise<StartedPart> {
      phase.say('starting the stand-ins');
      const forward = Object.entries(recordings).filter(([, { way }]) => way === 'forward');
      if (forward.length > 1) throw severalProxies(forward.map(([name]) => name));
      const standIns = await startStandInProcess({
        standIns: Object.entries(recordings).map(([name, tape]) => ({
          name,
          mode: tape.mode,
          file: join(places.wdir, tape.file),
          server: tape.way === 'forward' ? null : (tape.server ?? 'http://localhost'),
          latency: tape.latency,
          headers: tape.matchHeaders,
          unmatched: tape.unmatched,
          ...(listen !== undefined && { listen: anyPortOf(listen) }),
        })),
        launch,
        signal,
        onDeath(sentence) {
          console.say(sentence);
          onFault({ kind: 'trouble', title: 'A stand-in failed', detail: sentence, duration: 0 });
        },
      });
      for (const note of standIns.notes) console.say(note);
      const addresses = Object.fromEntries(
        Object.entries(standIns.addresses).map(([name, { url, trust }]) => [
          name,
          { url: onThisMachine(url), trust },
        ]),
      );
      return {
        env: environmentOf(recordings, addresses, targets),
        doors: Object.entries(addresses).map(([name, { url }]) => ({
          what: `the stand-in ${name}`,
          at: url.replace(/^http:\/\//, ''),
        })),
        files: Object.values(addresses).flatMap(({ trust }) => (trust ? [trust.cert, trust.bundle] : [])),
        facts: { Recordings: Object.entries(recordings).map(inWords).join(', ') },
        async note(measured) {
          const tallies = await standIns.tallies();
          const records = tallies.map((tally) => {
            const { mode, verdict } = recordings[tally.name]!;
            return { ...tally, mode, verdict, sentences: [...tally.sentences] };
          });
          return { ...measured, recordings: records };
        },
        async stop() {
          await standIns[Symbol.asyncDispose]();
          // The recorder has ended by now, so that the tape is whole.
          if (keepText) await keepTapes(recordings, places, keepText, console);
        },
      };
    },
  };
}

function environmentOf(
  recordings: Recordings,
  addresses: Readonly<Record<string, StandInAddress>>,
  targets: readonly string[],
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, { way }] of Object.entries(recordings)) {
    const { url, trust } = addresses[name]!;
    if (way === 'reverse') env[variableOf(name)] = url;
    else Object.assign(env, proxyEnvironment(url, trust), withoutProxy(targets));
  }
  return env;
}

/** The load itself and what stands on this machine are no third parties. */
function withoutProxy(targets: readonly string[]): Record<string, string> {
  const own = targets.map((target) => new URL(target).hostname);
  const hosts = [...new Set(['localhost', '127.0.0.1', '::1', ...own])];
  return { NO_PROXY: hosts.join(','), no_proxy: hosts.join(',') };
}

function inWords([name, { mode, file }]: [string, Recordings[string]]): string {
  return `${name}: ${mode} ${file}`;
}

function severalProxies(names: readonly string[]): MarteauError {
  return new MarteauError('replay-wrong', {
    sentence: `The recordings ${names.join(' and ')} are both way: forward, and a program has one proxy. Put them on one tape, or reach all but one by way: reverse.`,
  });
}

/** Keeps the tapes that a run has written, as `tapes/NAME.rec`; the project's folder goes with the run. */
async function keepTapes(
  recordings: ResolvedFile['recordings'],
  { tree, wdir, base = tree }: Places,
  keepText: NonNullable<AroundContext['keepText']>,
  console: AroundContext['console'],
): Promise<void> {
  for (const [name, { mode, file }] of Object.entries(recordings)) {
    if (mode !== 'record' && mode !== 'replayOrRecord') continue;
    try {
      const tape = await readForeignFile(join(wdir, file), MOST_TAPE_BYTES, base);
      // where nothing was asked, nothing was written
      if (tape) await keepText(`tapes/${name}${extname(file) || '.rec'}`, tape.toString('utf8'));
    } catch (error) {
      if (!(error instanceof ForeignFileError)) throw error;
      console.say(`The tape of ${name} ${error.message} and is not kept. Record it with marteau record.`);
    }
  }
}
