import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findProgram } from './search-path.mjs';

const aptInstall = fileURLToPath(new URL('apt-install.sh', import.meta.url));

/** In the order in which they are looked for. `command` is run, `typed` is what a person would type. */
const packageManagers = [
  {
    name: 'snap',
    needsRoot: true,
    typed: 'snap install',
    command: (name) => ['snap', 'install', name],
  },
  {
    name: 'apt',
    needsRoot: true,
    typed: 'apt-get install -y',
    command: (name) => ['sh', aptInstall, name],
  },
  {
    name: 'dnf',
    needsRoot: true,
    typed: 'dnf install -y',
    command: (name) => ['dnf', 'install', '-y', name],
  },
  {
    name: 'pacman',
    needsRoot: true,
    typed: 'pacman -Sy --noconfirm',
    command: (name) => ['pacman', '-Sy', '--noconfirm', name],
  },
  {
    name: 'apk',
    needsRoot: true,
    typed: 'apk add',
    command: (name) => ['apk', 'add', name],
  },
  {
    name: 'zypper',
    needsRoot: true,
    typed: 'zypper --non-interactive install',
    command: (name) => ['zypper', '--non-interactive', 'install', name],
  },
  {
    name: 'brew',
    needsRoot: false,
    typed: 'brew install',
    command: (name) => ['brew', 'install', ...name.split(' ')],
  },
];

/** The package manager of this machine that has the program; undefined when there is none. */
export function packageManagerFor(program) {
  return packageManagers.find(
    ({ name }) => program.packages[name] && isUsed(name) && findProgram(name === 'apt' ? 'apt-get' : name),
  );
}

/** Ubuntu's apt package of Chromium only calls snap; elsewhere snap is a guest. */
function isUsed(name) {
  return name !== 'snap' || isUbuntu();
}

function isUbuntu() {
  try {
    return /^ID=ubuntu$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}
