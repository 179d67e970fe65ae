import { WILDCARD } from '../match/pattern.ts';
import { boundaryOf } from '../tape/multipart.ts';
import type { Fields } from './fields.ts';

type Parameter = { name: string; value: string; more: Fields };

/** A multipart body of the fields that a HAR tells in its place. What is not in the file is XXX, which matches anything. */
export function multipartOf(
  parameters: readonly Parameter[],
  type: string,
): { type: string; body: Buffer; missing: string[] } {
  const boundary = boundaryOf(type) ?? WILDCARD;
  const missing: string[] = [];
  const parts = parameters.map(({ name, value, more }) => {
    const { fileName, contentType } = more;
    const isFile = typeof fileName === 'string';
    const isMissing = isFile && typeof more.value !== 'string';
    if (isMissing) missing.push(fileName);
    const head = [
      `--${boundary}`,
      `Content-Disposition: form-data; name="${escaped(name)}"${isFile ? `; filename="${escaped(fileName)}"` : ''}`,
      ...(typeof contentType === 'string' && contentType !== ''
        ? [`Content-Type: ${contentType}`]
        : isFile
          ? ['Content-Type: application/octet-stream']
          : []),
    ];
    return `${head.join('\r\n')}\r\n\r\n${isMissing ? WILDCARD : value}\r\n`;
  });
  const said = boundaryOf(type) === null ? `multipart/form-data; boundary=${boundary}` : type;
  return { type: said, body: Buffer.from(`${parts.join('')}--${boundary}--\r\n`), missing };
}

/** Chrome leaves the content of files out of a text: XXX takes its place. */
export function withMissingFiles(text: string, type: string): { text: string; missing: string[] } {
  const boundary = boundaryOf(type);
  const missing: string[] = [];
  if (boundary === null) return { text, missing };
  const parts = text.split(`--${boundary}`).map((part) => {
    const [, head = '', name = ''] =
      /^(\r\n(?:[^\r\n]+\r\n)*?content-disposition:[^\r\n]*;\s*filename="([^"\r\n]+)"[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n)(?:\r\n)?$/i.exec(
        part,
      ) ?? [];
    if (head === '') return part;
    missing.push(name);
    return `${head}${WILDCARD}\r\n`;
  });
  return { text: parts.join(`--${boundary}`), missing };
}

/** As browsers write it (WHATWG HTML, multipart/form-data encoding). */
function escaped(name: string): string {
  return name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}
