// After `npm pack` of apps/cli: takes away what prepack.ts made.
import { existsSync, renameSync, rmSync } from 'node:fs';
import { dist, manifestFile, savedManifestFile } from './places.ts';

if (existsSync(savedManifestFile)) renameSync(savedManifestFile, manifestFile);
rmSync(dist, { recursive: true, force: true });
