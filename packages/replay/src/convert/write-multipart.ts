import type { RecordedRequest } from '../tape/exchange.ts';
import { header } from '../tape/headers.ts';
import { boundaryOf } from '../tape/multipart.ts';
import { literal } from './template.ts';
import type { Values } from './values.ts';

/** What parts the bodies of which the tape does not say it. */
const BOUNDARY = 'MarteauBoundary7c4a8d09ca3762af';

/** A request with a boundary that can be sent, where the tape has XXX. */
export function withBoundary(request: RecordedRequest): RecordedRequest {
  const type = header(request.headers, 'content-type') ?? '';
  if (boundaryOf(type) !== 'XXX') return request;
  const text = request.body.toString('latin1').replace(/(^|\n)--XXX/g, `$1--${BOUNDARY}`);
  return {
    ...request,
    headers: request.headers.map(([name, value]) =>
      name.toLowerCase() === 'content-type'
        ? ([name, value.replace('XXX', BOUNDARY)] as const)
        : ([name, value] as const),
    ),
    body: Buffer.from(text, 'latin1'),
  };
}

/** The source of a multipart text, field by field; null where it is none. */
export function writeMultipart(
  texts: readonly string[],
  types: readonly string[],
  values: Values,
): string | null {
  const versions = texts.map((text, i) => partsOf(text, types[i] ?? ''));
  const [parts] = versions;
  if (parts === undefined || parts.length < 2) return null;
  const written = parts.map(({ head, name, value, end }, i) => {
    const others = versions.map((each) => (each[i]?.name === name ? each[i].value : value));
    const code = name === null ? null : values.codeFor(name, others);
    return code === null ? literal(head + value + end) : `${literal(head)}\${${code}}${literal(end)}`;
  });
  return `\`${written.join('')}\``;
}

interface Part {
  /** Up to the value, with what parts it from the one before. */
  head: string;
  /** Null where there is no field. */
  name: string | null;
  value: string;
  end: string;
}

function partsOf(text: string, type: string): Part[] {
  const boundary = boundaryOf(type);
  if (boundary === null) return [];
  const mark = `--${boundary}`;
  return text.split(mark).map((part, i) => {
    const before = i === 0 ? '' : mark;
    const [, head = '', value = '', end = ''] =
      /^(\r?\n(?:[^\r\n]+\r?\n)+\r?\n)(.*?)(\r?\n)$/s.exec(part) ?? [];
    const [, name = null] = /;\s*name="([^"\r\n]*)"/i.exec(head) ?? [];
    return name === null
      ? { head: before + part, name, value: '', end: '' }
      : { head: before + head, name, value, end };
  });
}
