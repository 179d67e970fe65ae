import type { Compartment, Containment } from '../compartment.ts';
import { launch } from '../launch.ts';
import type { Cgroup } from '../sandboxes/cgroup.ts';
import type { Egress } from '../sandboxes/egress/egress.ts';
import type { Sandbox } from '../sandboxes/sandbox.ts';

interface Layers {
  readonly containment: Containment;
  readonly sandbox: Sandbox;
  readonly cgroup?: Cgroup;
  readonly egress?: Egress | null;
}

/** A compartment of these layers. @param kept what goes with it */
export function compartmentOf(
  { containment, sandbox, cgroup, egress }: Layers,
  kept = new AsyncDisposableStack(),
): Compartment {
  return {
    containment,
    launch: (spec) => launch(spec, sandbox),
    reach: async (policy) => egress?.set(policy),
    refused: async () => (await egress?.refused()) ?? [],
    exceeded: () => cgroup?.exceeded() ?? [],
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
