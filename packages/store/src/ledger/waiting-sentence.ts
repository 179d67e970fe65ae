import { labelsInWords } from './labels.ts';
import type { Place } from './places.ts';

/** What place.lua answers. */
export interface PlaceFacts {
  state: 'queued' | 'preparing' | 'waiting';
  position: number;
  kind: Place['kind'];
  demand: number;
  labels: string;
  /** The run that stands in the way; '' for none. */
  by: string;
  /** Nodes that could take it: of those that prepare, where it is not prepared; and whether nothing starts now. */
  alive: number;
  /** Alive, and switched off or about to end. */
  disabled: number;
  free: number;
  all: number;
  /** How many nodes somebody would start; 0 where nobody starts any. */
  most: number;
  paused: boolean;
  /** ms since 1970; of one that is for later. */
  notBefore?: number;
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** Why a run waits, in words. @param by name of the run that stands in the way: "Marketplace by ana" */
export function waitingSentence(facts: PlaceFacts, by: string): string {
  const { demand, alive, free, disabled } = facts;
  const labels = facts.labels ? ` with ${labelsInWords(facts.labels)}` : '';
  const are = disabled > 0 ? `enabled: ${disabled} ${disabled === 1 ? 'is' : 'are'} disabled` : 'alive';
  const isShort = alive < demand;
  const nodes =
    isShort && facts.most >= demand
      ? `waits for ${count(demand, 'node')}${labels} to be started, ${alive} of ${demand} ${alive === 1 ? 'is' : 'are'} here`
      : isShort
        ? `${count(demand, 'node')}${labels} wanted, ${alive === 0 ? 'none' : alive} ${are}`
        : `${free} of ${count(demand, 'node')}${labels} free`;
  switch (facts.kind) {
    case 'prepare':
      return facts.state === 'preparing' ? 'being prepared' : toBePrepared(facts);
    case 'preflight':
      return alive === 0 && facts.most > 0
        ? `waits for a node${labels} to be started, to try its script on`
        : alive === 0
          ? `waits for a node${labels} to try its script on, and none is alive`
          : `waits for a free node${labels} to try its script on`;
    case 'later':
      return `begins at ${new Date(facts.notBefore ?? 0).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    case 'paused':
      return 'the queue is paused';
    case 'submitter':
      return `waits for ${by}: its submitter has as many runs going as one may have`;
    case 'target':
      return `waits for ${by}: same target`;
    case 'no-nodes':
      return 'no node has joined yet: start one with `npm start`, or see /docs for how to run a node';
    case 'ahead':
      return free >= demand ? `${by} is ahead` : `${nodes}; ${by} is ahead`;
    case 'nodes':
      return nodes;
  }
}

/** Why nobody prepares it: a paused queue alone is no reason, but what starts nothing later. */
function toBePrepared({ alive, disabled, all, paused }: PlaceFacts): string {
  const waits = 'waits for a worker to prepare it';
  const none = disabled > 0 ? `the ${count(disabled, 'node')} that could are disabled` : 'none is alive';
  const why =
    alive > 0 || all === 0 ? waits : `${waits}, and ${disabled === 1 ? 'the only one is disabled' : none}`;
  return paused ? `${why}; the queue is paused` : why;
}
