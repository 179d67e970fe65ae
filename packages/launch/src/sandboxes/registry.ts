import { pidNamespace, userNamespace } from './namespace.ts';
import { processGroup } from './process-group.ts';
import type { Sandbox } from './sandbox.ts';

/** All sandboxes, strongest first. A new one is a file here and a line in this list. */
export const sandboxes: readonly Sandbox[] = [pidNamespace, userNamespace, processGroup];

let chosen: Sandbox | undefined;

/** The strongest sandbox that this machine permits; found by trying, once per process (about 10 ms). */
export function strongestSandbox(): Sandbox {
  chosen ??= sandboxes.find((sandbox) => sandbox.isAvailable()) ?? processGroup;
  return chosen;
}
