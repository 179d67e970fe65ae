import { Compile } from 'typebox/compile';
import { ChildMessage } from './messages.ts';

/** Longer lines are no message of ours. */
const LONGEST_LINE = 4 * 1024 * 1024;

const schema = Compile(ChildMessage);

/**
 * Reads the child's messages from what its pipe says, cut in whatever way. What is no message, shows another token or is
 * too long is dropped; what `receive` throws is thrown on.
 */
export function createMessageReader(
  token: string,
  receive: (message: ChildMessage) => void,
): (text: string) => void {
  let begun = '';
  return (text) => {
    const lines = (begun + text).split('\n');
    begun = lines.pop()!;
    if (begun.length > LONGEST_LINE) begun = '';
    for (const line of lines) {
      const { token: shown, ...message } = parse(line) ?? {};
      if (shown === token && schema.Check(message)) receive(message);
    }
  };
}

function parse(line: string): { token?: unknown } | null {
  try {
    return JSON.parse(line) as { token?: unknown } | null;
  } catch {
    return null;
  }
}
