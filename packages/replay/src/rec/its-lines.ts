import { type HeaderList, header } from '../tape/headers.ts';

/**
 * A body with the line ends that it was sent with. An editor that ends lines in CRLF did so in the bodies, too; version
 * control that ends them in LF took the CRs out of multipart, which is none without them. The length tells whether they
 * were so before.
 * @param isCrlf the head has lines that end in CRLF
 * @param promised bytes that the body should have; null where nobody says
 */
export function withItsLines(
  body: Buffer,
  { headers, promised, isCrlf }: { headers: HeaderList; promised: number | null; isCrlf: boolean },
): Buffer {
  if (body.length === promised || body.length === 0) return body;
  const isMultipart = /^multipart\//i.test(header(headers, 'content-type') ?? '');
  if (!isCrlf) return isMultipart && body[0] === DASH ? restored(body, promised) : body;
  const collapsed = Buffer.from(body.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  return collapsed.length === promised || !isMultipart ? collapsed : body;
}

const DASH = 0x2d;

function restored(body: Buffer, promised: number | null): Buffer {
  const text = body.toString('latin1');
  if (text.includes('\r\n') || !text.includes('\n')) return body;
  const lines = text.replaceAll('\n', '\r\n');
  // What parted it from the next message was its own last line end.
  return Buffer.from(lines.length + 2 === promised ? `${lines}\r\n` : lines, 'latin1');
}
