import type { Ref } from '../ref.ts';
import type { Failure } from './refusal.ts';

/** The git host of one job, as the child needs it. */
export interface Remote {
  readonly url: string;
  readonly protocol: 'https' | 'http' | 'file';
  /** Values for http.curloptResolve: HOST:PORT:ADDRESS,ADDRESS. */
  readonly pins: readonly string[];
  /** Whether git must be new enough to be held to the pins. */
  readonly mustPin: boolean;
  /** The value of an Authorization header. */
  readonly authorization: string | null;
  /** A file of certificates to trust instead of the system's. */
  readonly caFile: string | null;
}

interface JobBase {
  readonly remote: Remote;
  /** The repository's name for a person: in errors. */
  readonly repo: string;
  readonly ref: Ref;
  /** An empty folder: the work tree, with a `.git` in it. */
  readonly folder: string;
}

/** Fetches a commit and writes its files. */
export interface FetchJob extends JobBase {
  readonly kind: 'fetch';
  readonly maxBytes: number;
  /** The same for a person. */
  readonly sizeLimit: string;
  readonly maxFiles: number;
  /** Names of branches and tags to look for the commit on, null for the usual ones; absent where nobody asks. */
  readonly protectedRefs?: readonly string[] | null | undefined;
}

/** Reads one small file of a commit, and the names of the others. */
export interface ReadJob extends JobBase {
  readonly kind: 'read';
  readonly path: string;
  readonly maxFileBytes: number;
}

/** Finds where the history of a commit left that of a branch, from commits alone. */
export interface MergeBaseJob extends JobBase {
  readonly kind: 'merge-base';
  /** The name of the branch. */
  readonly branch: string;
}

/** Lists what came to the first parents of a history after a commit. */
export interface BetweenJob extends JobBase {
  readonly kind: 'between';
  /** The commit that is left out, with what came before it: hex digits. */
  readonly from: string;
  /** The newest so many are listed. */
  readonly most: number;
}

/** Asks what branches and tags there are, and fetches nothing. */
export interface RefsJob extends JobBase {
  readonly kind: 'refs';
  /** What they were; null where nobody knows. */
  readonly known: Readonly<Record<string, string>> | null;
}

export type Job = FetchJob | ReadJob | MergeBaseJob | BetweenJob | RefsJob;

/** What a job found on the way to its commit. */
export interface Commit {
  /** 40 (or 64) hex digits. */
  readonly commit: string;
  /** The first line of the message, at most 200 characters. */
  readonly subject: string;
  readonly author: string;
  /** ISO 8601, UTC. */
  readonly committedAt: string;
  /** The branch it was found by, also when that is the default one. */
  readonly branch: string | null;
  readonly tag: string | null;
  /** The branch that HEAD is; null where the host does not tell. */
  readonly defaultBranch: string | null;
  /** Whether the host showed it to the server's token alone. */
  readonly byToken: boolean;
}

export interface FetchResult extends Commit {
  /** The protected branch or tag that the commit is on; null where there is none, or nobody asked. */
  readonly protectedBy: string | null;
  /** Paths of submodules, which are not fetched. */
  readonly submodules: readonly string[];
  /** Paths of symbolic links, which become files that hold the link's target. */
  readonly symlinks: readonly string[];
}

/** What can be chosen of a repository, for a form: hints, which may lack some. */
export interface Suggestions {
  readonly branches: readonly string[];
  readonly scripts: readonly string[];
  /** Of the script that the file names. */
  readonly tests: readonly string[];
  /** Of the script that the file names, where it is not long; else empty. */
  readonly scriptText: string;
  /** Base64 of the files of traffic that the file names, by their paths in the repository; those that are not long. */
  readonly traffic: Readonly<Record<string, string>>;
}

export interface ReadResult extends Commit, Partial<Suggestions> {
  /** Null when there is no such file. */
  readonly text: string | null;
  /** The text of package.json at the root; null when there is none that can be read. */
  readonly manifest: string | null;
  /** All files of the commit; null when there are too many to list. */
  readonly paths: readonly string[] | null;
}

export interface MergeBaseResult {
  /** Null where the two have nothing in common. */
  readonly base: string | null;
}

/** One of a list of commits. */
export interface ListedCommit {
  readonly sha: string;
  /** The first line of its message, at most 200 characters. */
  readonly subject: string;
  readonly author: string;
}

export interface BetweenResult {
  /** The oldest first. */
  readonly commits: readonly ListedCommit[];
  /** How many there are, listed or not. */
  readonly count: number;
}

export interface RefsResult {
  /** `refs/heads/main` → commit; of an annotated tag, the commit that it is of. */
  readonly refs: Readonly<Record<string, string>>;
  /** Null where it is not told, or nothing moved. */
  readonly defaultBranch: string | null;
}

/** How far git is, in whole per cent of the stage. */
export interface Progress {
  readonly stage: 'receiving' | 'resolving' | 'writing';
  readonly percent: number;
}

/** What the child says: any number of progresses, then one of the others. One JSON object a line. */
export type Message =
  | { readonly progress: Progress }
  | { readonly result: FetchResult | ReadResult | MergeBaseResult | BetweenResult | RefsResult }
  | { readonly failure: Failure };
