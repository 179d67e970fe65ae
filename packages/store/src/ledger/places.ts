import { type Run, submitterName } from '@marteau/shared';
import type { Context } from '../context.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import { createForecast } from './forecast.ts';
import { type PlaceFacts, waitingSentence } from './waiting-sentence.ts';

/** What a run that has not started yet waits for. */
export interface Place {
  runId: string;
  /** 1 is next. */
  position: number;
  /** One sentence: "2 of 3 nodes free; Marketplace by ana is ahead". */
  waitingFor: string;
  /** The kind behind the sentence. */
  kind:
    | 'prepare'
    | 'preflight'
    | 'paused'
    | 'submitter'
    | 'target'
    | 'nodes'
    | 'no-nodes'
    | 'ahead'
    | 'later';
  /** About how long, ms, from the durations of earlier runs; null when there are none to judge by. */
  expectedMs: number | null;
}

/** The first runs of the queue, in order. */
export async function readLine(context: Context, limit: number): Promise<Place[]> {
  const ids = await onRedis(() => context.redis.zrange(redisKeys.queue(), '0', String(limit - 1)));
  const places = await readPlaces(context, ids);
  return [...places.values()].sort((a, b) => a.position - b.position);
}

/** Why runs wait that have not started. */
export async function readPlaces(context: Context, ids: readonly string[]): Promise<Map<string, Place>> {
  const answers = await Promise.all(ids.map((id) => context.script('place', { id })));
  const facts = new Map<string, PlaceFacts>();
  ids.forEach((id, i) => {
    if (answers[i]) facts.set(id, JSON.parse(answers[i]));
  });
  if (!facts.size) return new Map();

  const blockers = [...new Set([...facts.values()].map(({ by }) => by).filter(Boolean))];
  const names = new Map((await context.read.many(blockers)).map((run) => [run.id, nameOf(run)]));
  const forecast = await createForecast(context);
  return new Map(
    [...facts].map(([runId, fact]) => [
      runId,
      {
        runId,
        position: fact.position,
        kind: fact.kind,
        waitingFor: waitingSentence(fact, names.get(fact.by) ?? 'another run'),
        expectedMs: canBegin(fact) ? forecast(fact.position) : null,
      },
    ]),
  );
}

/** Whether it waits for other runs to end, and for nothing that a person has to do first. */
function canBegin({ kind, state, demand, alive, paused }: PlaceFacts): boolean {
  if (kind === 'later') return true;
  if (kind === 'prepare') return !paused && (state === 'preparing' || alive > 0);
  return !paused && kind !== 'no-nodes' && alive >= demand;
}

/** "Marketplace by ana" */
function nameOf(run: Run): string {
  const name = run.name ?? run.project.replace(/^.*[/:]/, '').replace(/\.git$/, '');
  const who = submitterName(run);
  return who === '' ? name : `${name} by ${who}`;
}
