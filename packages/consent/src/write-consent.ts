import type { ConsentDocument, ConsentEntry } from './document.ts';

/** The same with an entry added, in place of one for the same server and projects. */
export function withEntry(
  document: ConsentDocument | null,
  entry: ConsentEntry,
  contact: string | undefined,
): ConsentDocument {
  const others = (document?.allow ?? []).filter((each) => keyOf(each) !== keyOf(entry));
  const known = contact ?? document?.contact;
  return { v: 1, allow: [...others, entry], ...(known !== undefined && { contact: known }) };
}

/** An entry as a TXT record has it. */
export function txtOf({ projects, unmarked, ...entry }: ConsentEntry, contact: string | undefined): string {
  const fields = {
    v: 'marteau1',
    ...entry,
    ...(projects && { projects: projects.join(',') }),
    ...(unmarked && { unmarked: 'yes' }),
    ...(contact !== undefined && { contact }),
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
}

function keyOf({ server, projects = [] }: ConsentEntry): string {
  return JSON.stringify([server.replace(/\/$/, ''), projects.toSorted()]);
}
