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
  alive?: number;
  free?: number;
  all?: number;
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** Why a run waits, in words. @param by name of the run that stands in the way: "Marketplace by ana" */
export function waitingSentence(facts: PlaceFacts, by: string): string {
  const { demand, alive = 0, free = 0 } = facts;
  const labels = facts.labels ? ` with ${labelsInWords(facts.labels)}` : '';
  const nodes =
    alive < demand
      ? `${count(demand, 'node')}${labels} wanted, ${alive === 0 ? 'none' : alive} alive`
      : `${free} of ${count(demand, 'node')}${labels} free`;
  switch (facts.kind) {
    case 'prepare':
      return facts.state === 'preparing' ? 'being prepared' : 'waits for a worker to prepare it';
    case 'preflight':
      return alive === 0
        ? `waits for a node${labels} to try its script on, and none is alive`
        : `waits for a free node${labels} to try its script on`;
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
