// Before `npm pack` of apps/cli: everything that the command needs, as JavaScript, in apps/cli/dist, and a package.json
// for it. postpack.ts takes both away again. docs/decisions/0009-packing-the-command.md says why.
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { layOut } from './lay-out.ts';
import { dist, manifestFile, savedManifestFile } from './places.ts';

if (existsSync(savedManifestFile)) renameSync(savedManifestFile, manifestFile); // packing was cut off
rmSync(dist, { recursive: true, force: true });

const manifest = layOut(dist);
renameSync(manifestFile, savedManifestFile);
writeFileSync(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
