import { type ConsentDocument, checkDocument, UnreadableConsent } from './document.ts';

const MARK = /^v=marteau1(?:;|\s|$)/;

/** Where the TXT record of a host stands. */
export function txtName(host: string): string {
  return `_marteau.${host}`;
}

/**
 * Reads TXT records, one entry each: `v=marteau1; server=https://marteau.example.com; rate=200; until=2027-06-30`, with
 * the fields of the document, `projects` with commas between. Others of the name are nobody's business here.
 * @throws UnreadableConsent
 */
export function parseTxt(records: readonly string[]): ConsentDocument | null {
  const ours = records.map((record) => record.trim()).filter((record) => MARK.test(record));
  if (ours.length === 0) return null;
  const contacts: string[] = [];
  const allow = ours.map((record) => {
    const { v: _, contact, ...fields } = fieldsOf(record);
    if (typeof contact === 'string') contacts.push(contact);
    return fields;
  });
  return checkDocument({ v: 1, allow, ...(contacts[0] !== undefined && { contact: contacts[0] }) });
}

function fieldsOf(record: string): Record<string, unknown> {
  const fields = record.split(';').flatMap((part) => {
    if (part.trim() === '') return [];
    const [name = '', value] = part.split(/=(.*)/s).map((text) => text.trim());
    if (!value) throw new UnreadableConsent(`says "${name.slice(0, 60)}" without a value`);
    return [[name, typed(name, value)]];
  });
  return Object.fromEntries(fields);
}

function typed(name: string, value: string): unknown {
  if (name === 'projects') return value.split(',').map((each) => each.trim());
  if (['rate', 'users', 'nodes'].includes(name)) return /^[\d.]+$/.test(value) ? Number(value) : value;
  if (name === 'unmarked') return value === 'yes' || value;
  return value;
}
