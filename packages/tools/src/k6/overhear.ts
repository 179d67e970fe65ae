import type { Hear } from '../reader.ts';

const FIELD = /(\w+)=("(?:[^"\\]|\\.)*"|\S+)/g;

/** k6 tells on its console what threw, and what it did not reach; nothing else does. */
export function overhear(line: string, hear: Hear, at: number): void {
  if (!line.startsWith('time=')) return;
  const fields = new Map([...line.matchAll(FIELD)].map(([, name, value]) => [name, unquoted(value!)]));
  const message = fields.get('msg') ?? '';
  if (fields.get('source') === 'stacktrace')
    hear({
      type: 'failure',
      at,
      test: fields.get('scenario') ?? 'default',
      message: message.trim(),
      ends: true,
    });
  else if (/insufficient VUs/i.test(message)) hear({ type: 'note', text: `k6: ${message}` });
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return JSON.parse(value) as string;
  } catch {
    return value;
  }
}
