import { Field } from './field.ts';

/** RFC 7541, appendix A: `name` or `name: value`, in the order of their indexes. */
const FIELDS = [
  ':authority',
  ':method GET',
  ':method POST',
  ':path /',
  ':path /index.html',
  ':scheme http',
  ':scheme https',
  ':status 200',
  ':status 204',
  ':status 206',
  ':status 304',
  ':status 400',
  ':status 404',
  ':status 500',
  'accept-charset',
  'accept-encoding gzip, deflate',
  'accept-language',
  'accept-ranges',
  'accept',
  'access-control-allow-origin',
  'age',
  'allow',
  'authorization',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'cookie',
  'date',
  'etag',
  'expect',
  'expires',
  'from',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-modified',
  'link',
  'location',
  'max-forwards',
  'proxy-authenticate',
  'proxy-authorization',
  'range',
  'referer',
  'refresh',
  'retry-after',
  'server',
  'set-cookie',
  'strict-transport-security',
  'transfer-encoding',
  'user-agent',
  'vary',
  'via',
  'www-authenticate',
];

/** The static table; an index is one more than the place in it. */
export const staticTable: readonly Field[] = FIELDS.map((text) => {
  const space = text.indexOf(' ');
  return space < 0 ? new Field(text, '') : new Field(text.slice(0, space), text.slice(space + 1));
});

/** Index of a field, and the first index of its name; by `name: value` and by name. */
export const staticIndexes: ReadonlyMap<string, number> = new Map(
  staticTable.flatMap(({ name, value }, at) => [
    ...(staticTable.findIndex((field) => field.name === name) === at ? [[name, at + 1] as const] : []),
    [`${name}: ${value}`, at + 1] as const,
  ]),
);
