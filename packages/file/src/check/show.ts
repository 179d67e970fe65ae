/** A value as a message quotes it, at most some 60 characters. */
export function show(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'empty' : `'${shorten(value.replace(/\s+/g, ' '))}'`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value === null || value === undefined) return 'empty';
  if (typeof value === 'object') return 'a map';
  return String(value);
}

/** An example in YAML's flow style: `{count: 3, labels: {region: eu}}`. */
export function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return quoteIfNeeded(String(value));
  const fields = Object.entries(value).map(([name, field]) => `${name}: ${flow(field)}`);
  return `{${fields.join(', ')}}`;
}

function quoteIfNeeded(text: string): string {
  return /^[\s@`%&*!|>'"#?-]|[,[\]{}]|: |:$| #|\s$/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
