import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type Run, submitterName } from '@marteau/shared';
import type { RunNotes } from '@marteau/store';
import { placeOf } from './place-of.ts';

/** What is searched: one row for each run, by the time of its submission, and its words. It can be thrown away. */
const SCHEMA = `
  CREATE TABLE run (
    place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, round INTEGER NOT NULL, ended INTEGER NOT NULL,
    project TEXT NOT NULL, state TEXT NOT NULL, verdict TEXT, ref TEXT, sha TEXT
  );
  CREATE INDEX run_project ON run (project);
  CREATE INDEX run_verdict ON run (verdict);
  CREATE INDEX run_state ON run (state);
  CREATE INDEX run_ref ON run (ref);
  CREATE INDEX run_sha ON run (sha);
  CREATE TABLE tag (tag TEXT NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (tag, place)) WITHOUT ROWID;
  CREATE INDEX tag_place ON tag (place);
  CREATE VIRTUAL TABLE words USING fts5 (
    said, who, content='', contentless_delete=1, prefix='2 3 4 5', tokenize='unicode61 remove_diacritics 2'
  );
`;

export interface IndexedRun {
  run: Run;
  notes: RunNotes | undefined;
}

/** The index in its file. Calls are synchronous and short: a page of rows at a time. */
export interface IndexFile {
  /** Writes these, whatever was there of them. @param round in which they were seen */
  put(runs: readonly IndexedRun[], round: number): void;
  remove(ids: readonly string[]): void;
  /** Of these the ones that have ended and are there; they count as seen. */
  seen(ids: readonly string[], round: number): Set<string>;
  /** Removes what was not seen in a round. */
  forget(before: number): void;
  all(sql: string, values: readonly (string | bigint)[]): { id: string }[];
  close(): void;
}

/** @param path of the file, which is made anew */
export function openIndexFile(path: string): IndexFile {
  const db = new DatabaseSync(path);
  // It is made again at every start, so nothing has to be on the disk.
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16000;');
  db.exec(SCHEMA);
  const find = bigints(db.prepare('SELECT place, ended FROM run WHERE id = ?'));
  const taken = db.prepare('SELECT 1 FROM run WHERE place = ?');
  const addRun = db.prepare('INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const addWords = db.prepare('INSERT INTO words (rowid, said, who) VALUES (?, ?, ?)');
  const addTag = db.prepare('INSERT INTO tag VALUES (?, ?)');
  const see = db.prepare('UPDATE run SET round = ? WHERE place = ?');
  const drops = ['run', 'tag', 'words'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE ${table === 'words' ? 'rowid' : 'place'} = ?`),
  );
  const unseen = bigints(db.prepare('SELECT place FROM run WHERE round < ?'));

  const placeIn = (id: string) => (find.get(id) as { place: bigint; ended: bigint } | undefined) ?? null;
  const drop = (place: bigint): void => {
    for (const each of drops) each.run(place);
  };
  const together = (work: () => void): void => {
    db.exec('BEGIN');
    try {
      work();
    } finally {
      db.exec('COMMIT');
    }
  };

  return {
    put: (runs, round) =>
      together(() => {
        for (const { run, notes } of runs) {
          const before = placeIn(run.id);
          if (before !== null) drop(before.place);
          let place = placeOf(run.id);
          while (taken.get(place) !== undefined) place += 1n;
          const { id, project, state, verdict, ref, commit } = run;
          addRun.run(place, id, round, run.endedAt === null ? 0 : 1, project, state, verdict, ref, commit);
          addWords.run(place, wordsOf(run, notes), submitterName(run));
          for (const tag of notes?.tags ?? []) addTag.run(tag, place);
        }
      }),
    remove: (ids) =>
      together(() => {
        for (const id of ids) {
          const before = placeIn(id);
          if (before !== null) drop(before.place);
        }
      }),
    seen(ids, round) {
      const there = new Set<string>();
      together(() => {
        for (const id of ids) {
          const before = placeIn(id);
          if (before?.ended !== 1n) continue;
          see.run(round, before.place);
          there.add(id);
        }
      });
      return there;
    },
    forget: (round) =>
      together(() => {
        for (const { place } of unseen.all(round) as { place: bigint }[]) drop(place);
      }),
    all: (sql, values) => db.prepare(sql).all(...values) as { id: string }[],
    close: () => db.close(),
  };
}

function bigints(statement: StatementSync): StatementSync {
  statement.setReadBigInts(true);
  return statement;
}

function wordsOf(run: Run, notes: RunNotes | undefined): string {
  const { id, name, test, reason, commitSubject, commitAuthor, project, ref, target, profile } = run;
  const own = [id, name, test, reason, commitSubject, commitAuthor, project, ref, target, profile];
  return [...own, notes?.note, ...(notes?.tags ?? [])].filter(Boolean).join(' ');
}
