import type { Static, TObject } from 'typebox';
import type { Api } from './api.ts';

/** What a tool works with. */
export interface Hands {
  /** Of the server, with the rights of whoever asks. */
  readonly api: Api;
  readonly signal: AbortSignal;
  /** Ms since 1970. */
  now(): number;
}

/** What a tool says. `foreign` was written by strangers, a target or a repository: it is fenced. */
export interface Said {
  /** Lines of our own: ids, numbers, sentences of Marteau's. */
  readonly lines: readonly string[];
  readonly foreign?: unknown;
}

/** Something that an assistant may ask for. To add one, see README.md. */
export interface Tool<Input extends TObject = TObject> {
  readonly name: string;
  readonly description: string;
  readonly input: Input;
  /** It changes nothing anywhere. */
  readonly readOnly: boolean;
  /** @throws ApiRefusal, ToolMistake */
  call(given: Static<Input>, hands: Hands): Promise<Said>;
}

/** What was asked for cannot be done; its sentence says why. */
export class ToolMistake extends Error {}

/** Keeps the type of its input. */
export function tool<Input extends TObject>(one: Tool<Input>): Tool {
  return one as unknown as Tool;
}
