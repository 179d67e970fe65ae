import type { Compartment, Containment, Reachable } from '../compartment.ts';
import { launch } from '../launch.ts';
import type { Cgroup } from '../sandboxes/cgroup.ts';
import type { Egress } from '../sandboxes/egress/egress.ts';
import type { Sandbox } from '../sandboxes/sandbox.ts';

interface Layers {
  readonly containment: Containment;
  readonly sandbox: Sandbox;
  readonly temp?: '/tmp';
  readonly cgroup?: Cgroup;
  readonly egress?: Egress | null;
  /** Has names mean these addresses inside. */
  readonly name?: (hosts: Reachable['hosts']) => Promise<void>;
}

/** A compartment of these layers. @param kept what goes with it */
export function compartmentOf(
  { containment, sandbox, temp, cgroup, egress, name }: Layers,
  kept = new AsyncDisposableStack(),
): Compartment {
  return {
    containment,
    temp: temp ?? null,
    launch: (spec) => launch(spec, sandbox),
    async reach({ hosts, ...policy }) {
      if (!egress) return;
      await name?.(hosts);
      await egress.set(policy);
    },
    refused: async () => (await egress?.refused()) ?? [],
    limited: async () => (await egress?.limited()) ?? [],
    exceeded: () => cgroup?.exceeded() ?? [],
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
