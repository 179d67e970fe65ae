import { type FailureGroup, foldMessage } from '@marteau/measure';
import type { Exchange } from '../fetch/exchange.ts';
import { SubtestsFailed } from '../script/iteration.ts';
import { describeThrown } from '../script/thrown.ts';
import { tell } from './tell.ts';
import type { VirtualUser } from './virtual-user.ts';
import type { World } from './world.ts';

/** Whether a request counts as an error: no answer, or a status from 400 on that is not expected. */
export function isError({ failure, head }: Exchange, expected: ReadonlySet<number>): boolean {
  if (failure || !head) return true;
  return head.status >= 400 && !expected.has(head.status);
}

/** Whose failure it was, and in which recorded stage of the plan; null outside of one. */
interface Failed {
  readonly world: World;
  readonly number: number;
  readonly stage: number | null;
}

/** Groups what a test or a subtest threw, or with `hook` what kept a user from beginning or leaving. */
export function noteFailure(
  { world, number, stage }: Failed,
  thrown: unknown,
  test: string,
  { place = '', hook }: { place?: string; hook?: FailureGroup['hook'] } = {},
): void {
  if (thrown instanceof SubtestsFailed) return;
  const { message, where, detail } = describeThrown(thrown, world.sources, place);
  const note = {
    kind: 'failure' as const,
    test,
    ...(hook && { hook }),
    label: '',
    message: world.mask(foldMessage(message)),
    source: where?.source ?? null,
    sourceText: where?.text ?? null,
  };
  world.failures.add(note, Math.round(world.clock.now()), stage, number, () => world.mask(detail()));
}

/** Groups a request without an answer, or with a status that means an error. */
export function noteExchange(user: VirtualUser, exchange: Exchange): void {
  const { world, number, stage } = user;
  const { failure, head, label, iteration } = exchange;
  const message = failure
    ? `${failure.code}: ${failure.message}`
    : `${head!.status} ${head!.statusText}`.trim();
  const note = {
    kind: 'error' as const,
    test: iteration?.fullName ?? '',
    label: label.name,
    message: world.mask(message),
    source: null,
    sourceText: null,
  };
  world.failures.add(note, Math.round(exchange.ended), stage, number, () => world.mask(tell(exchange)));
}

/** Groups what went wrong beside requests: a socket that was lost, a stream that broke off. */
export function noteTrouble(user: VirtualUser, label: string, what: string, why: string): void {
  const { world, number, stage, running } = user;
  const note = {
    kind: 'error' as const,
    test: running?.fullName ?? '',
    label,
    message: world.mask(why === '' ? what : `${what}: ${foldMessage(why)}`),
    source: null,
    sourceText: null,
  };
  const detail = () => world.mask(`${what}: ${why}`);
  world.failures.add(note, Math.round(world.clock.now()), stage, number, detail);
}

/** Groups checks that did not hold. @param stack of the line that checks */
export function noteCheck(user: VirtualUser, check: string, stack: string): void {
  const { world, number, stage } = user;
  const where = world.sources.find(stack);
  const note = {
    kind: 'check' as const,
    test: user.running?.fullName ?? '',
    label: '',
    message: world.mask(foldMessage(check)),
    source: where?.source ?? null,
    sourceText: where?.text ?? null,
  };
  const detail = () => world.mask(`${check} did not hold\n${world.sources.clean(stack)}`);
  world.failures.add(note, Math.round(world.clock.now()), stage, number, detail);
}
