import { type Static, Type } from 'typebox';

/** Files of a back-up's place: `TIME.manifest.jsonl.gz`, `TIME.N.tar.gz`. A time sorts as its name does. */
export const BACKUP_FORMAT = 'marteau.backup/1';
const MANIFEST = /^(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z)\.manifest\.jsonl\.gz$/;
const PACK = /^(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z)\.\d{6}\.tar\.gz$/;

/** First line of a manifest. */
export const BackupHead = Type.Object({
  format: Type.Literal(BACKUP_FORMAT),
  at: Type.String({ description: 'ISO 8601, when it began' }),
  marteau: Type.String({ description: 'the version that made it' }),
  of: Type.String({ description: 'where the runs were, for people' }),
  withKeys: Type.Boolean({ description: 'whether keys and secrets are in it' }),
});
export type BackupHead = Static<typeof BackupHead>;

export const BackupFile = Type.Object({
  name: Type.String({ description: 'in its folder' }),
  size: Type.Integer({ description: 'bytes' }),
  at: Type.Number({ description: 'when it was changed last, ms since 1970' }),
  sha256: Type.String({ description: 'of its bytes, hex' }),
  pack: Type.String({ description: 'the archive that has it, beside this file' }),
});
export type BackupFile = Static<typeof BackupFile>;

/** One line for each folder, in the order of their names. */
export const BackupFolder = Type.Object({
  folder: Type.String({
    description: 'below the data folder: runs/ID, projects; empty for files beside these',
  }),
  run: Type.Optional(
    Type.Object(
      { project: Type.String(), submittedAt: Type.String() },
      { description: 'tells runs with one id apart' },
    ),
  ),
  files: Type.Array(BackupFile),
});
export type BackupFolder = Static<typeof BackupFolder>;

/** Last line: without it the file is not whole. */
export const BackupEnd = Type.Object({
  end: Type.Literal(true),
  folders: Type.Integer(),
  files: Type.Integer(),
  bytes: Type.Integer({ description: 'of all files, as they were' }),
  sha256: Type.String({ description: 'of all lines before, each with its end, hex' }),
});
export type BackupEnd = Static<typeof BackupEnd>;

/** How files of a back-up that begins now are called. */
export function backupName(now: Date): string {
  return now.toISOString().replaceAll(':', '-');
}

export const manifestName = (name: string): string => `${name}.manifest.jsonl.gz`;
export const packName = (name: string, n: number): string => `${name}.${String(n).padStart(6, '0')}.tar.gz`;

/** Of which back-up this file is the manifest, or null. */
export const nameOfManifest = (file: string): string | null => MANIFEST.exec(file)?.[1] ?? null;
export const nameOfPack = (file: string): string | null => PACK.exec(file)?.[1] ?? null;
