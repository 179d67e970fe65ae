import type { Behavior } from '../contracts.ts';
import { thereAre, wrong } from '../wrong.ts';
import { abort } from './abort.ts';
import { bandwidth } from './bandwidth.ts';
import { blackout } from './blackout.ts';
import { corrupt } from './corrupt.ts';
import { delay } from './delay.ts';
import { down } from './down.ts';
import { dummy } from './dummy.ts';
import { error } from './error.ts';
import { hang } from './hang.ts';
import { latency } from './latency.ts';
import { limitData } from './limit-data.ts';
import { loss } from './loss.ts';
import { refuse } from './refuse.ts';
import { resetPeer } from './reset-peer.ts';
import { slicer } from './slicer.ts';
import { slowClose } from './slow-close.ts';
import { throttle } from './throttle.ts';
import { timeout } from './timeout.ts';
import { transient } from './transient.ts';

/** All behaviours. To add one: a file beside this one, and a line here. */
export const behaviors: readonly Behavior[] = [
  dummy,
  blackout,
  delay,
  error,
  hang,
  transient,
  abort,
  latency,
  bandwidth,
  slowClose,
  timeout,
  resetPeer,
  slicer,
  limitData,
  down,
  corrupt,
  loss,
  refuse,
  throttle,
];

/** @throws chaos-wrong, naming those that there are */
export function findBehavior(name: string): Behavior {
  const found = behaviors.find((behavior) => behavior.name === name);
  if (found) return found;
  const names = behaviors.map((behavior) => behavior.name);
  throw wrong(`There is no behaviour '${name}'. ${thereAre('There are', names, String(name))}`);
}
