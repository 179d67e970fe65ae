import type { Schema } from '../check/wanted.ts';
import { MarteauFile } from './file.ts';

/**
 * Every field of the file as its documentation writes it: 'app.command', 'load[].users', 'data.NAME.file'. Profiles
 * have the fields of the file, and stages are the same by test or for all, so they stand there once.
 */
export function schemaPaths(): Map<string, Schema> {
  const paths = new Map<string, Schema>();
  walk(MarteauFile as Schema, '', paths);
  return paths;
}

function walk(schema: Schema, path: string, paths: Map<string, Schema>): void {
  for (const branch of schema.anyOf ?? []) walk(branch, path, paths);
  if (schema.items) walk(schema.items, `${path}[]`, paths);
  for (const entry of Object.values(schema.patternProperties ?? {})) {
    if (path === 'load') walk(entry, path, paths);
    else if (path !== 'profiles') walk(entry, `${path}.NAME`, paths);
  }
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const place = path === '' ? name : `${path}.${name}`;
    paths.set(place, field);
    walk(field, place, paths);
  }
}
