import type { Rung } from '../compartment.ts';
import { confine } from '../sandboxes/confine.ts';
import { namespaceSandbox } from '../sandboxes/namespace.ts';
import { makeEtc, newRoot } from '../sandboxes/new-root.ts';
import { compartmentOf } from './compartment-of.ts';

/** For anybody, where user namespaces are permitted: a root of its own. */
export const inUserNamespace: Rung = {
  containment: 'contained, network open',
  async open(options) {
    await using stack = new AsyncDisposableStack();
    const etc = stack.use(await makeEtc(process.getuid!()));
    const root = newRoot({ ...options, etc: etc.path }, ['--unshare-user']);
    const { tasks } = options.limits;
    const sandbox = namespaceSandbox(this.containment, (kept) => [...root, ...confine({ kept, tasks })]);
    return compartmentOf({ containment: this.containment, sandbox, temp: '/tmp' }, stack.move());
  },
};
