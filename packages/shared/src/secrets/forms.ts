/** Lines of a secret that are shorter tell nothing, and hiding them would hide half of every text. */
const SHORTEST_LINE = 8;
/** A part of an encoded secret that is shorter is in many a text by chance. */
const SHORTEST_PART = 4;

/**
 * What becomes of a secret on its way into a console or a report: itself, in a URL, in a form, in JSON, in HTML, in hex,
 * and in base64 wherever it begins in what is encoded (`user:SECRET`); of several lines also each, which is how programs
 * print keys and certificates.
 */
export function formsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const longOnes = lines.length > 1 ? lines.filter((line) => line.length >= SHORTEST_LINE) : [];
  return [secret, ...longOnes].flatMap(formsOfText);
}

function formsOfText(text: string): string[] {
  const bytes = Buffer.from(text);
  const hex = bytes.toString('hex');
  const base64 = [
    bytes.toString('base64').replace(/=+$/, ''),
    ...[0, 1, 2].map((before) => shifted(bytes, before)),
  ];
  return [
    text,
    encodeURIComponent(text),
    new URLSearchParams([['', text]]).toString().slice(1),
    JSON.stringify(text).slice(1, -1),
    ...inHtml(text),
    hex,
    hex.toUpperCase(),
    ...base64.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]),
  ].filter((form) => form.length >= SHORTEST_PART);
}

/** Those characters of base64 that hold nothing but the secret, where so many bytes (modulo 3) come before it. */
function shifted(bytes: Buffer, before: number): string {
  const whole = Buffer.concat([Buffer.alloc(before), bytes]);
  const [begin, end] = [Math.ceil((before * 8) / 6), Math.floor((whole.length * 8) / 6)];
  return whole.toString('base64').slice(begin, end);
}

function inHtml(text: string): string[] {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const quoted = escaped.replaceAll('"', '&quot;');
  return [escaped, quoted, ...['&#39;', '&#x27;', '&apos;'].map((mark) => quoted.replaceAll("'", mark))];
}
