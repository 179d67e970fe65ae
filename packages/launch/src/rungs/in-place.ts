import type { Compartment, Rung } from '../compartment.ts';
import { confine } from '../sandboxes/confine.ts';
import { ETC, SYSTEM, without } from '../sandboxes/new-root.ts';
import { reapedGroup } from '../sandboxes/reaped-group.ts';
import { strongestSandbox } from '../sandboxes/registry.ts';
import { compartmentOf } from './compartment-of.ts';

/** For anybody, where no namespaces are: the kernel's rules for files, sockets and system calls alone. */
export const inPlace: Rung = {
  containment: 'files and processes contained, network open',
  async open({ readable, writable, hidden = [], shared = [] }) {
    const reach = {
      readable: [
        ...without(SYSTEM, hidden),
        ...[...ETC, '/etc/passwd', '/etc/group', '/etc/hosts', '/proc', '/sys'],
        ...readable,
      ],
      writable: ['/dev', ...writable].concat(shared),
    };
    const sandbox = reapedGroup(this.containment, (kept) => confine({ kept, reach }));
    return compartmentOf({ containment: this.containment, sandbox });
  },
};

/** What there was before compartments: programs that can be ended whole, and nothing else. */
export function openUncontained(): Compartment {
  return compartmentOf({ containment: 'not contained', sandbox: strongestSandbox() });
}

export const notContained: Rung = { containment: 'not contained', open: async () => openUncontained() };
