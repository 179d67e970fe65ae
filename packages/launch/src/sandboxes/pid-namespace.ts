import { namespaceSandbox } from './namespace.ts';

/** A PID namespace for who is root (or has CAP_SYS_ADMIN). */
export const pidNamespace = namespaceSandbox('pid-namespace', []);
