import { spawnSync } from 'node:child_process';

/** What to put before a command of this package manager; undefined when it would need a password. */
export function asRoot(manager) {
  if (!manager.needsRoot || process.getuid() === 0) return [];
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : undefined;
}
