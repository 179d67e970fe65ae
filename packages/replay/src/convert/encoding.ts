import type { HelperName } from './script-helpers.ts';

/** How a value of a query, a path or a form was written: each way with the code that writes another value so. */
interface Encoding {
  helper: HelperName | null;
  decode(raw: string): string;
  encode(value: string): string;
  code(value: string): string;
}

const component: Encoding = {
  helper: null,
  decode: decodeURIComponent,
  encode: encodeURIComponent,
  code: (value) => `encodeURIComponent(${value})`,
};

/** `a+b`, as browsers send forms. */
const form: Encoding = {
  helper: 'asForm',
  decode: (raw) => decodeURIComponent(raw.replaceAll('+', ' ')),
  encode: (value) => new URLSearchParams([['', value]]).toString().slice(1),
  code: (value) => `asForm(${value})`,
};

/** `me@example.com`, `10:00`: only what cannot stand there is encoded. */
const loose: Encoding = {
  helper: 'inQuery',
  decode: decodeURIComponent,
  encode: (value) => encodeURI(value).replace(/[&+#]/g, encodeURIComponent),
  code: (value) => `inQuery(${value})`,
};

/** As it is: what nobody can decode, or would not write again as it was. */
const raw: Encoding = {
  helper: null,
  decode: (value) => value,
  encode: (value) => value,
  code: (value) => value,
};

/** The way in which each of these was written, so that the code writes them as they were. */
export function encodingOf(written: readonly string[]): Encoding {
  return [component, form, loose].find((each) => written.every((text) => fits(each, text))) ?? raw;
}

function fits({ decode, encode }: Encoding, text: string): boolean {
  try {
    return encode(decode(text)) === text;
  } catch {
    return false;
  }
}
