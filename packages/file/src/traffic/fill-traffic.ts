import { MarteauError, type Stage, spellDuration } from '@marteau/shared';
import { planLengthMs, SPARE_MS, setUpMs } from '../plan/length.ts';
import { constant, enoughUsers } from '../resolve/load.ts';
import type { ResolvedFile } from '../resolve/resolved-file.ts';

const MINUTE_MS = 60_000;

/** The files of which the load has its traffic, relative to wdir. */
export function trafficFiles({ load }: Pick<ResolvedFile, 'load'>): string[] {
  return [...new Set(load.plan.steps.flatMap(({ traffic }) => traffic?.file ?? []))];
}

/**
 * A file whose stages know their traffic: how long they are, how high it goes, and how many users that may need.
 * @param minutesOf a file of trafficFiles: iterations in each minute
 * @throws MarteauError timeout-short, where the file's own is shorter than what the run needs
 */
export function withTraffic(
  file: ResolvedFile,
  minutesOf: (traffic: string) => readonly number[],
): ResolvedFile {
  if (trafficFiles(file).length === 0) return file;
  const steps = file.load.plan.steps.map((stage) =>
    stage.traffic ? filled(stage, minutesOf(stage.traffic.file)) : stage,
  );
  const plan = { steps };
  const lengthMs = planLengthMs(plan);
  const least = lengthMs + setUpMs(file) + SPARE_MS;
  // What the file does not say follows from the length, as it does without traffic.
  const isSaid = file.isTimeoutSaid === true;
  if (isSaid && file.timeoutMs < least)
    throw new MarteauError('timeout-short', {
      timeout: spellDuration(file.timeoutMs),
      least: spellDuration(Math.ceil(least / MINUTE_MS) * MINUTE_MS),
    });
  return { ...file, load: { ...file.load, plan, lengthMs }, timeoutMs: isSaid ? file.timeoutMs : least };
}

function filled({ traffic, ...stage }: Stage, minutes: readonly number[]): Stage {
  const perSecond = minutes.map((count) => count / 60);
  const rate = {
    from: perSecond.reduce((least, each) => Math.min(least, each)),
    to: perSecond.reduce((most, each) => Math.max(most, each)),
  };
  const maxUsers = stage.maxUsers ?? enoughUsers(rate);
  // A warm-up has a rate of its own: that of the first minute that has any.
  if (!stage.recorded) return { ...stage, maxUsers, rate: constant(perSecond.find((each) => each > 0) ?? 0) };
  const durationMs = minutes.length * MINUTE_MS;
  return { ...stage, maxUsers, rate, durationMs, traffic: { ...traffic!, minutes: [...minutes] } };
}
