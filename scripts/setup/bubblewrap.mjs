import { findProgram } from './search-path.mjs';

/** What gives scripts a root of their own. Marteau runs without it and says so: where it cannot be installed, it is not. */
export const bubblewrap = {
  name: 'bubblewrap',
  packages: {
    apt: ['bubblewrap'],
    dnf: ['bubblewrap'],
    pacman: ['bubblewrap'],
    apk: ['bubblewrap'],
    zypper: ['bubblewrap'],
  },
  isOptional: true,
  isMissing: () => process.platform === 'linux' && !findProgram('bwrap'),
};
