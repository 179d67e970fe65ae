/** What V8's profiler hands out, as far as it is read. */
interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

/** Where nothing is done. */
const IDLE = new Set(['(idle)', '(program)', '(root)']);
const MOST_NODES = 200_000;
const MOST_SAMPLES = 5_000_000;
const MOST_STACKS = 5000;
/** Of all stacks that are kept. */
const MOST_CHARACTERS = 8_000_000;
const LONGEST_FRAME = 160;
const DEEPEST = 200;

/**
 * A profile as folded stacks, `outer;inner 12` a line, the most samples first; null for what is no profile. Frames are
 * functions with their files, without lines, which move from commit to commit.
 * @param folder of the project, which is left out of paths
 */
export function foldProfile(text: string, folder: string): { folded: string; samples: number } | null {
  const profile = read(text);
  if (profile === null) return null;
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame, folder)]));
  const parents = new Map<number, number>();
  for (const { id, children = [] } of profile.nodes)
    for (const child of children) if (names.has(child)) parents.set(child, id);
  const nodes = countNodes(profile.samples, names);
  let samples = 0;
  for (const [, count] of nodes) samples += count;
  // Only those that are kept become texts: a small profile of deep stacks would be gigabytes of them.
  const stacks = new Map<string, number>();
  let length = 0;
  for (const [id, count] of nodes) {
    const stack = stackOf(id, names, parents);
    length += stack.length;
    if (length > MOST_CHARACTERS || stacks.size >= MOST_STACKS) break;
    stacks.set(stack, (stacks.get(stack) ?? 0) + count);
  }
  const lines = [...stacks].toSorted(([, a], [, b]) => b - a).map(([stack, count]) => `${stack} ${count}`);
  return { folded: lines.join('\n'), samples };
}

/** How many samples each node has that does something, the most first. */
function countNodes(samples: readonly number[], names: ReadonlyMap<number, string>): [number, number][] {
  const counts = new Map<number, number>();
  for (const id of samples)
    if (!IDLE.has(names.get(id) ?? '(idle)')) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

function stackOf(
  id: number,
  names: ReadonlyMap<number, string>,
  parents: ReadonlyMap<number, number>,
): string {
  const frames: string[] = [];
  for (let at: number | undefined = id; at !== undefined && frames.length < DEEPEST; at = parents.get(at)) {
    const name = names.get(at) ?? '';
    if (name !== '' && !IDLE.has(name)) frames.push(name);
  }
  return frames.toReversed().join(';');
}

/** It comes from the app, which is a stranger's. */
function read(text: string): CpuProfile | null {
  let value: Partial<Record<keyof CpuProfile, unknown>> | null;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { nodes, samples } = value ?? {};
  if (!Array.isArray(nodes) || !Array.isArray(samples)) return null;
  if (nodes.length > MOST_NODES || samples.length > MOST_SAMPLES) return null;
  return nodes.every(isNode) && samples.every(Number.isInteger) ? { nodes, samples } : null;
}

function isNode(value: unknown): value is ProfileNode {
  const { id, callFrame, children = [] } = (value ?? {}) as Partial<Record<keyof ProfileNode, unknown>>;
  const { functionName, url } = (callFrame ?? {}) as Record<string, unknown>;
  const isFrame = typeof functionName === 'string' && typeof url === 'string';
  return isFrame && Number.isInteger(id) && Array.isArray(children) && children.every(Number.isInteger);
}

function nameOf({ functionName, url }: { functionName: string; url: string }, folder: string): string {
  const path = url
    .replace(/^file:\/\//, '')
    .replace(`${folder}/`, '')
    .replace(/[?#].*$/s, '');
  const name = functionName || '(anonymous)';
  return `${name}${path ? ` ${path}` : ''}`.replace(/[;\s]+/g, ' ').slice(0, LONGEST_FRAME);
}
