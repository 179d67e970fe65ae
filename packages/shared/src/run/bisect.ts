import { type Static, Type } from 'typebox';
import { Nullable } from '../nullable.ts';
import { readRecord } from '../record/read-record.ts';

/** Comparisons that one bisection makes at most. */
const MOST_STEPS = 40;

const Sha = Type.String({ description: '40 or 64 hex digits' });

/** One comparison of a bisection: pairs of runs of two commits by turns. */
export const BisectStep = Type.Object({
  commit: Sha,
  base: Sha,
  run: Type.String({
    description: 'id of the run of the commit, whose confirmation says what the pairs told',
  }),
  decision: Type.Enum(['undecided', 'worse', 'better', 'same', 'inconclusive', 'broken']),
});
export type BisectStep = Static<typeof BisectStep>;

/** The hunt for the commit that changed how a project does, between a good run and a bad one. */
export const Bisect = Type.Object({
  v: Type.Literal(1),
  run: Type.String({ description: 'id of the run that is worse, or better' }),
  good: Type.String({ description: 'id of the run that it is compared with' }),
  project: Type.String({ description: 'normalised URL' }),
  base: Type.String({ description: 'the commit of the good run: all others are compared with it' }),
  commits: Type.Array(Type.Object({ sha: Sha, subject: Type.String(), author: Type.String() }), {
    description: 'by first parents, the oldest first; the last is that of the bad run',
    minItems: 1,
  }),
  low: Type.Integer({ minimum: 0, description: 'commits before this one are as the good one' }),
  high: Type.Integer({ minimum: 0, description: 'this commit and those after it are not' }),
  skipped: Type.Array(Sha, { description: 'commits that could not be measured' }),
  direction: Nullable(Type.Enum(['worse', 'better'])),
  steps: Type.Array(BisectStep, { maxItems: MOST_STEPS }),
  state: Type.Enum(['running', 'found', 'undecided', 'ended']),
  culprit: Nullable(Sha),
  sentence: Type.String(),
  until: Type.String({ description: 'ISO 8601; no longer than that' }),
  startedAt: Type.String({ description: 'ISO 8601' }),
  endedAt: Nullable(Type.String()),
});
export type Bisect = Static<typeof Bisect>;

/** The trigger of runs that a bisection asks for: a fact, nothing goes by it. */
export const BISECT_TRIGGER = 'bisect';

/** Reads the text of a bisect.json. @throws MarteauError newer-data, record-damaged */
export function readBisect(text: string, run: string): Bisect {
  return readRecord(text, { schema: Bisect, version: 1, upgrades: {} }, `bisect.json of run ${run}`);
}

/** What is to be done next: a comparison, or nothing more, with what came of it. */
export type NextStep =
  | { readonly compare: Pick<BisectStep, 'commit' | 'base'> }
  | { readonly end: Pick<Bisect, 'state' | 'culprit' | 'sentence'> };

/** The same with what its last comparison told. */
export function withDecision(bisect: Bisect, decision: BisectStep['decision']): Bisect {
  const last = bisect.steps.at(-1);
  if (last === undefined) return bisect;
  const steps = [...bisect.steps.slice(0, -1), { ...last, decision }];
  const told = { ...bisect, steps };
  const at = bisect.commits.findIndex(({ sha }) => sha === last.commit);
  const isChange = decision === 'worse' || decision === 'better';
  // The two ends: whether there is anything to find at all.
  if (bisect.direction === null) return isChange ? { ...told, direction: decision } : told;
  // The culprit and its parent: nothing more is to be narrowed.
  if (last.base !== bisect.base) return told;
  if (decision === 'broken') return { ...told, skipped: [...bisect.skipped, last.commit] };
  if (decision === 'inconclusive') return told;
  return decision === bisect.direction ? { ...told, high: at } : { ...told, low: at + 1 };
}

/** Halves what is left, until one commit is; then that one is compared with its parent. */
export function nextStep(bisect: Bisect): NextStep {
  const { commits, low, high, skipped, steps, direction, base } = bisect;
  const last = steps.at(-1);
  const end = (state: Bisect['state'], sentence: string, culprit: string | null = null): NextStep => ({
    end: { state, culprit, sentence },
  });
  if (last === undefined) return { compare: { commit: commits.at(-1)!.sha, base } };
  if (direction === null) {
    return last.decision === 'same'
      ? end('ended', 'Both ends of the range do alike in pairs of runs, so there is nothing to find.')
      : end('undecided', `Whether the ends of the range differ ${whyNot(last)}.`);
  }
  const range = inWords(bisect);
  const found = commits[high]!;
  // The first one has the good commit as its parent, with which it was compared already.
  const isPlain = low >= high && high === 0;
  if (isPlain || (last.base !== base && last.decision === direction)) {
    return end('found', `${name(found)} made it ${direction}.`, found.sha);
  }
  if (last.base !== base) {
    return end(
      'undecided',
      `It was ${direction} from ${name(found)} on, and less so against its parent alone: ${last.decision === 'same' ? 'several commits share in it' : `that ${whyNot(last)}`}.`,
    );
  }
  if (last.decision === 'inconclusive')
    return end('undecided', `${range}: ${name(commits[indexOf(bisect, last)]!)} ${whyNot(last)}.`);
  if (low >= high) return { compare: { commit: commits[high]!.sha, base: commits[high - 1]!.sha } };
  // One more is kept for the culprit and its parent.
  if (steps.length >= MOST_STEPS - 1)
    return end('undecided', `${range}: too many of them cannot be measured.`);
  const middle = Math.floor((low + high) / 2);
  const usable = commits
    .map(({ sha }, index) => ({ sha, index }))
    .filter(({ sha, index }) => index >= low && index < high && !skipped.includes(sha))
    .toSorted((a, b) => Math.abs(a.index - middle) - Math.abs(b.index - middle))[0];
  if (usable === undefined) return end('undecided', `${range}: those before the last cannot be measured.`);
  return { compare: { commit: usable.sha, base } };
}

/** 'One of 3 commits, 1a2b3c4d to 5e6f7a8b, made it worse' */
function inWords({ commits, low, high, direction }: Bisect): string {
  const [first, last] = [commits[low]!.sha.slice(0, 8), commits[high]!.sha.slice(0, 8)];
  if (low >= high) return `${last} made it ${direction}`;
  return `One of ${high - low + 1} commits, ${first} to ${last}, made it ${direction}`;
}

function indexOf({ commits }: Bisect, { commit }: BisectStep): number {
  return commits.findIndex(({ sha }) => sha === commit);
}

function name({ sha, subject }: Bisect['commits'][number]): string {
  return `${sha.slice(0, 8)}${subject ? ` (${subject})` : ''}`;
}

function whyNot({ decision }: BisectStep): string {
  return decision === 'broken'
    ? 'could not be measured'
    : 'was not decided by seven pairs of runs or within its time';
}
