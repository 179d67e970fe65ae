import { isSecretName, mayHoldSecrets } from './secret-name.ts';

/** Puts something else in place of a secret. */
export type Replace = (secret: string) => string;

/** The fields of a query or a form: `a=b&token=…`. */
export function maskFields(text: string, replace: Replace): string {
  if (!mayHoldSecrets(text)) return text;
  return text.replace(/([^=&?#;\s]+)=([^&#;\s]+)/g, (whole, name: string, value: string) =>
    isSecretName(decode(name)) ? `${name}=${replace(value)}` : whole,
  );
}

/** Each way in which texts name their values, with the name and the value as groups. */
const shapes: readonly RegExp[] = [
  // JSON, and scripts in pages
  /(?<before>"(?<name>[\w.-]{1,64})"\s*:\s*")(?<value>(?:[^"\\]|\\.)+)(?=")/g,
  /(?<before>"(?<name>[\w.-]{1,64})"\s*:\s*)(?<value>-?\d[\d.eE+-]*)/g,
  // fields of HTML forms and meta elements, in both orders
  /(?<before>\bname="(?<name>[\w.[\]-]{1,64})"[^<>]{0,200}?\b(?:value|content)=")(?<value>[^"]+)(?=")/g,
  /(?<before>\b(?:value|content)=")(?<value>[^"]+)(?="[^<>]{0,200}?\bname="(?<name>[\w.[\]-]{1,64})")/g,
  // multipart/form-data
  /(?<before>\bname="(?<name>[\w.[\]-]{1,64})"\r\n(?:[^\r\n]+\r\n)*\r\n)(?<value>[^\r\n]+)(?=\r\n--)/g,
  // addresses in texts
  /(?<before>[?&](?<name>[\w.[\]-]{1,64})=)(?<value>[^&"'<>\s#]+)/g,
  // XML
  /(?<before><(?:\w+:)?(?<name>[\w.-]{1,64})>)(?<value>[^<>]+)(?=<\/)/g,
];

/** The values of secret names in a text, whatever its format. */
export function maskText(text: string, replace: Replace): string {
  if (!mayHoldSecrets(text)) return text;
  let masked = text;
  for (const shape of shapes) {
    masked = masked.replace(shape, (whole, ...rest) => {
      const { before, name, value } = rest.at(-1) as { before: string; name: string; value: string };
      return isSecretName(name) ? before + replace(value) : whole;
    });
  }
  return masked;
}

/** What a person's own pattern finds: its first group, or all of it. */
export function maskPattern(text: string, pattern: RegExp, replace: Replace): string {
  const all = pattern.global ? pattern : new RegExp(pattern.source, `${pattern.flags}g`);
  return text.replace(all, (whole, group) => {
    if (typeof group !== 'string' || group === '') return whole === '' ? '' : replace(whole);
    return whole.replace(group, () => replace(group));
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
