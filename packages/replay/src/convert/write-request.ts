import { decoded, isText } from '../tape/body.ts';
import type { Exchange, RecordedRequest } from '../tape/exchange.ts';
import { header } from '../tape/headers.ts';
import { quote } from './sources.ts';
import type { Values } from './values.ts';

/** What the client or the connection says by itself, or what the test's own cookies say. */
const NOT_OURS =
  /^(host|connection|content-length|transfer-encoding|cookie|user-agent|accept-(encoding|language)|origin|referer|sec-|upgrade-insecure-requests|pragma|cache-control|if-|priority|dnt|te|expect|proxy-|x-marteau|traceparent|keep-alive|purpose|:)/i;

/** The arguments of `ask`: method, path, and what else there is. */
export function writeRequest(versions: readonly Exchange[], values: Values): string {
  const requests = versions.map(({ request }) => request);
  const { method } = requests[0]!;
  const init = [...writeHeaders(requests, values), ...writeBody(requests, values)];
  const more = init.length === 0 ? '' : `, { ${init.join(', ')} }`;
  return `${quote(method)}, ${writeTarget(requests, values)}${more}`;
}

function writeTarget(requests: readonly RecordedRequest[], values: Values): string {
  const targets = requests.map(({ target }) => target.split('?', 2) as [string, string | undefined]);
  const paths = targets.map(([path]) => path.split('/'));
  const parts = paths[0]!.map((part, i) => {
    const code =
      part === ''
        ? null
        : values.codeFor(
            `${singular(paths[0]![i - 1])}Id`,
            paths.map((path) => decode(path[i] ?? '')),
          );
    return code === null ? literal(part) : `\${encodeURIComponent(${code})}`;
  });
  const queries = targets.map(([, query]) => query?.split('&') ?? []);
  const query = queries[0]!.map((pair, i) => {
    const [name = '', value] = split(pair);
    const code =
      value === undefined
        ? null
        : values.codeFor(
            decode(name),
            queries.map((each) => decode(split(each[i] ?? '')[1] ?? '')),
          );
    return code === null ? literal(pair) : `${literal(name)}=\${encodeURIComponent(${code})}`;
  });
  const text = parts.join('/') + (query.length === 0 ? '' : `?${query.join('&')}`);
  return text.includes('${') ? `\`${text}\`` : quote(requests[0]!.target);
}

function writeHeaders(requests: readonly RecordedRequest[], values: Values): string[] {
  const lines = requests[0]!.headers.flatMap(([name, value]) => {
    const lower = name.toLowerCase();
    if (NOT_OURS.test(lower) || (lower === 'accept' && value === '*/*')) return [];
    const others = requests.map((request) => header(request.headers, name) ?? '');
    const [, scheme = ''] = lower === 'authorization' ? (/^(\S+ )/.exec(value) ?? []) : [];
    const code = values.codeFor(
      name,
      others.map((each) => each.slice(scheme.length)),
    );
    const written = code === null ? quote(value) : scheme === '' ? code : `\`${scheme}\${${code}}\``;
    return [`${/^[A-Za-z]\w*$/.test(lower) ? lower : quote(lower)}: ${written}`];
  });
  return lines.length === 0 ? [] : [`headers: { ${lines.join(', ')} }`];
}

function writeBody(requests: readonly RecordedRequest[], values: Values): string[] {
  const [request] = requests;
  const { headers, body } = request!;
  if (body.length === 0) return [];
  const plain = decoded(body, header(headers, 'content-encoding')) ?? body;
  if (!isText(plain)) return [`body: Buffer.from('${body.toString('base64')}', 'base64')`];
  const texts = requests.map((each) => each.body.toString());
  const type = header(headers, 'content-type') ?? '';
  if (/x-www-form-urlencoded/i.test(type)) return [`body: ${writeForm(texts, values)}`];
  const parsed = texts.map(parseJson);
  if (parsed[0] !== undefined) return [`body: JSON.stringify(${writeJson('value', parsed, values)})`];
  return [`body: ${quote(plain.toString())}`];
}

/** As text, because then Content-Type stays as it was recorded. */
function writeForm(texts: readonly string[], values: Values): string {
  const forms = texts.map((text) => text.split('&').map(split));
  const pairs = forms[0]!.map(([name = '', value = ''], i) => {
    const code = values.codeFor(
      decode(name),
      forms.map((form) => decode(form[i]?.[1] ?? '')),
    );
    return code === null ? literal(`${name}=${value}`) : `${literal(name)}=\${encodeURIComponent(${code})}`;
  });
  return `\`${pairs.join('&')}\``;
}

/** The source of a JSON value; what is not the same for all is code. */
function writeJson(name: string, versions: readonly unknown[], values: Values): string {
  const [value] = versions;
  if (Array.isArray(value)) {
    const items = value.map((_, i) =>
      writeJson(
        name,
        versions.map((each) => at(each, i)),
        values,
      ),
    );
    return `[${items.join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.keys(value).map((key) => {
      const written = writeJson(
        key,
        versions.map((each) => at(each, key)),
        values,
      );
      // Only in brackets __proto__ is a key like others.
      const isPlain = /^[A-Za-z_$][\w$]*$/.test(key) && key !== '__proto__';
      return `${isPlain ? key : `[${quote(key)}]`}: ${written}`;
    });
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
  }
  if (typeof value !== 'string' && typeof value !== 'number') return JSON.stringify(value);
  const code = values.codeFor(name, versions.map(String));
  if (code === null) return typeof value === 'string' ? quote(value) : String(value);
  return typeof value === 'number' ? `Number(${code})` : code;
}

function at(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string | number, unknown>)[key]
    : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function split(pair: string): [string, string | undefined] {
  const at = pair.indexOf('=');
  return at === -1 ? [pair, undefined] : [pair.slice(0, at), pair.slice(at + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** Inside of a template. */
function literal(text: string): string {
  return text.replace(/[`\\]|\$\{/g, '\\$&');
}

function singular(part = ''): string {
  return part.replace(/ies$/, 'y').replace(/s$/, '') || 'value';
}
