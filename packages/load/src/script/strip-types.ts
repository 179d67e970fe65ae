import { stripTypeScriptTypes } from 'node:module';

/**
 * A TypeScript module as JavaScript, every character in its place. Null where Node has something to say against it:
 * then Node shall say it when it loads the file itself.
 */
export function stripTypes(text: string): string | null {
  const { emitWarning } = process;
  // Node does the same for every file that it loads, and warns of it only where it is asked for by name.
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(text);
  } catch {
    return null;
  } finally {
    process.emitWarning = emitWarning;
  }
}
