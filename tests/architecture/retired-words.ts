/** A word that is no longer used for what it meant here, in its forms. */
interface RetiredWord {
  readonly words: string;
  readonly instead: string;
  /** Names outside the code (stored fields, fields of the file, roles), and English that means no such thing. */
  readonly except?: readonly string[];
}

/** In lower case. The glossary in docs/architecture.md has the words that are used. */
export const retiredWords: readonly RetiredWord[] = [
  { words: 'visitor visitors', instead: 'VirtualUser' },
  { words: 'passage passages occasion occasions', instead: 'Iteration' },
  { words: 'stretch stretches', instead: 'Segment, span', except: ['stretches'] }, // of `closeUp` in measurements
  { words: 'laid seat seats portion portions', instead: 'Segment, ThreadShare, an exact part' },
  { words: 'piece pieces', instead: 'Snapshot (load), Chunk (chaos), part' },
  { words: 'lane lanes', instead: 'Link (chaos), Group (ledger), stages of a test (file)' },
  { words: 'desk desks', instead: 'the preparing role, job', except: ['desk'] }, // of MARTEAU_ROLES
  { words: 'trial trials untried', instead: 'preflight', except: ['trials'] }, // of a simulation
  { words: 'effective', instead: 'resolved' },
  { words: 'fixture', instead: 'around', except: ['fixture', 'fixture_'] }, // of files of 2012
];

/** Names of files, without their ending. */
export const retiredFileNames: readonly string[] = ['words', 'effective', 'fixture', 'desk', 'hold', 'user'];
