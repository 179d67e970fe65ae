// node scripts/pack/bill-of-materials.ts FILE: what npm has installed here, as CycloneDX 1.6, which scanners read.
// `npm sbom` tells what a lock file wants, and refuses a folder in which workspaces were left out.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Installed {
  readonly version?: string;
  /** `sha512-…` in Base64, several apart by blanks. */
  readonly integrity?: string;
  readonly license?: string;
  /** A folder of ours. */
  readonly link?: boolean;
}

const root = join(import.meta.dirname, '../..');
const [, , file] = process.argv;
if (!file) throw new Error('node scripts/pack/bill-of-materials.ts FILE');
const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const { packages } = read('node_modules/.package-lock.json') as { packages: Record<string, Installed> };
const components = Object.entries(packages)
  .filter(([path, { link, version }]) => path.includes('node_modules/') && !link && version !== undefined)
  .map(([path, installed]) => componentOf(path, installed));
const { version } = read('package.json') as { version: string };
const bill = {
  $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  version: 1,
  metadata: {
    component: { type: 'application', name: 'marteau', version, licenses: licensesOf('Apache-2.0') },
  },
  components,
};
writeFileSync(file, `${JSON.stringify(bill, null, 1)}\n`);
process.stdout.write(`${components.length} packages are in ${file}\n`);

function componentOf(path: string, { version = '', integrity, license }: Installed) {
  const name = path.split('node_modules/').at(-1)!;
  const about = join(path, 'package.json');
  const said =
    license ?? (existsSync(join(root, about)) ? (read(about) as { license?: unknown }).license : undefined);
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  return {
    type: 'library',
    'bom-ref': `${purl}#${path}`,
    name,
    version,
    purl,
    ...(typeof said === 'string' && { licenses: licensesOf(said) }),
    ...(integrity && { hashes: integrity.split(' ').map(hashOf) }),
  };
}

function licensesOf(expression: string) {
  return [{ expression }];
}

function hashOf(integrity: string) {
  const [, bits = '', base64 = ''] = /^sha(\d+)-(.*)$/.exec(integrity) ?? [];
  return { alg: `SHA-${bits}`, content: Buffer.from(base64, 'base64').toString('hex') };
}
