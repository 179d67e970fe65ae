import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';

/** Who may load a target, how much, when. What is left out is not limited. */
export const ConsentEntry = Type.Object(
  {
    server: Type.String({
      pattern: '^https?://[^/?#\\s]+/?$',
      maxLength: 300,
      description: 'the Marteau that may: its MARTEAU_URL',
    }),
    projects: Type.Optional(
      Type.Array(Type.String({ maxLength: 2048 }), {
        minItems: 1,
        maxItems: 100,
        description: 'addresses of repositories; all of that server unless given',
      }),
    ),
    rate: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'requests per second' })),
    users: Type.Optional(Type.Integer({ minimum: 1, description: 'users at once' })),
    nodes: Type.Optional(Type.Integer({ minimum: 1, description: 'machines that generate load at once' })),
    hours: Type.Optional(Type.String({ maxLength: 100, examples: ['Mon-Fri 08:00-18:00 Europe/Berlin'] })),
    until: Type.Optional(
      Type.String({ maxLength: 40, description: 'a day, its end in UTC included, or a moment of ISO 8601' }),
    ),
    unmarked: Type.Optional(
      Type.Boolean({ description: 'requests may come without the address that stops them (`mark: false`)' }),
    ),
  },
  { additionalProperties: false },
);
export type ConsentEntry = Static<typeof ConsentEntry>;

/** `/.well-known/marteau.json` of a target. */
export const ConsentDocument = Type.Object(
  {
    v: Type.Literal(1),
    allow: Type.Array(ConsentEntry, { maxItems: 100 }),
    contact: Type.Optional(Type.String({ maxLength: 200 })),
  },
  { additionalProperties: false },
);
export type ConsentDocument = Static<typeof ConsentDocument>;

/** Bytes of a document that are read. */
export const MOST_BYTES = 16 * 1024;
export const WELL_KNOWN_PATH = '/.well-known/marteau.json';

/** What a text is no consent for; the message goes on after the name of what was read: "is not JSON". */
export class UnreadableConsent extends Error {
  override readonly name = 'UnreadableConsent';
}

/**
 * Reads a document. What it does not know is refused rather than left out: a limit that was misspelt is none.
 * @throws UnreadableConsent
 */
export function parseDocument(text: string): ConsentDocument {
  return checkDocument(readJson(text));
}

/** Reads what a document is as JSON. @throws UnreadableConsent */
export function checkDocument(value: unknown): ConsentDocument {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UnreadableConsent('is no object of JSON');
  const { v } = value as { v?: unknown };
  if (v !== 1)
    throw new UnreadableConsent(
      v === undefined
        ? 'does not say its version ("v": 1)'
        : `is of version ${shown(v)}, and 1 is known here`,
    );
  const [first] = Value.Errors(ConsentDocument, value);
  if (first === undefined) return value as ConsentDocument;
  throw new UnreadableConsent(sentenceOf(first));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UnreadableConsent(`is not JSON (${shown((error as Error).message)})`);
  }
}

function sentenceOf({ instancePath, keyword, message }: ReturnType<typeof Value.Errors>[number]): string {
  const place = shown(instancePath.slice(1).replaceAll('/', '.')) || 'its top';
  // An unknown field is one whose schema is `false`.
  return keyword === 'boolean'
    ? `says ${place}, which nobody knows here`
    : `is wrong at ${place}: ${message}`;
}

/** Of what a stranger wrote, as much as goes into a sentence. */
function shown(value: unknown): string {
  const text = String(typeof value === 'string' ? value : JSON.stringify(value));
  return text.replace(/[^\P{C}]/gu, ' ').slice(0, 120);
}
