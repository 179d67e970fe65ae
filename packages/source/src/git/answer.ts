import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Message, Progress } from './job.ts';

export type Answer = Exclude<Message, { readonly progress: Progress }>;

/** Passes the child's progress on and resolves with its answer, or with undefined when it ends without one. */
export async function listen(
  pipe: Readable,
  onProgress: ((progress: Progress) => void) | undefined,
): Promise<Answer | undefined> {
  let answer: Answer | undefined;
  for await (const line of createInterface(pipe)) {
    const message = parse(line);
    if (!message) continue;
    if ('progress' in message) onProgress?.(message.progress);
    else answer = message;
  }
  return answer;
}

/** A child that is killed may leave half a line. */
function parse(line: string): Message | undefined {
  try {
    return JSON.parse(line) as Message;
  } catch {
    return undefined;
  }
}
