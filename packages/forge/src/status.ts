/**
 * What a commit's status says. `unjudged`: invalid, or not decided: never blocks. `superseded`: cancelled.
 */
export type StatusState = 'pending' | 'running' | 'success' | 'failure' | 'error' | 'unjudged' | 'cancelled';

export interface CommitStatus {
  /** Stable: by it the next one takes the place of this one. */
  readonly context: string;
  readonly state: StatusState;
  /** One line; cut to what the forge takes. */
  readonly description: string;
  readonly url: string;
}

/** Cuts a text to so many characters (UTF-16 units, as forges count), at the end, with a sign of it. */
export function cutTo(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
