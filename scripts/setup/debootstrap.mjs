import { findProgram } from './search-path.mjs';

/** What makes the root of another Debian. Tests that need one are left out where it cannot be installed. */
export const debootstrap = {
  name: 'debootstrap',
  packages: { apt: ['debootstrap'] },
  isOptional: true,
  isMissing: () => process.platform === 'linux' && !findProgram('debootstrap', '/usr/sbin/debootstrap'),
};
