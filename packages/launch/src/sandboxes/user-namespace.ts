import { namespaceSandbox } from './namespace.ts';

/**
 * A PID namespace inside a user namespace, for who is not root. The program stays who we are: as a mapped root it
 * would try to chown what it unpacks, and some programs refuse to run.
 */
export const userNamespace = namespaceSandbox('user-namespace', ['--user', '--map-current-user']);
