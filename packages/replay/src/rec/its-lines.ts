import { type HeaderList, header } from '../tape/headers.ts';

/**
 * An editor that ends lines in CRLF did so in the bodies, too. Their length tells whether they were so before; without
 * one, only multipart was.
 */
export function withItsLines(body: Buffer, headers: HeaderList, promised: number | null): Buffer {
  const collapsed = Buffer.from(body.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  const isMultipart = /^multipart\//i.test(header(headers, 'content-type') ?? '');
  if (body.length === promised) return body;
  return collapsed.length === promised || !isMultipart ? collapsed : body;
}
