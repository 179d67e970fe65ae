const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';

/**
 * One plain mail address: no names, no lists, nothing that could break a mail's header, and nothing but ASCII, because
 * few mail servers take more. What it matches, the workers can mail.
 */
export const mailAddressPattern = new RegExp(
  `^(?=.{3,254}$)[A-Za-z0-9.!#$%&'*+/=?^_\`{|}~-]{1,64}@(?:${LABEL}\\.)+${LABEL}$`,
);

/**
 * The same address with a domain of other letters as mail servers know it: info@bücher.example is
 * info@xn--bcher-kva.example. Whatever else it is stays as it is.
 */
export function asciiMailAddress(text: string): string {
  const [, local = '', domain = ''] = /^([^@]*@)([\p{L}\p{M}\p{N}.\u3002-]+)$/u.exec(text) ?? [];
  if (domain === '' || /^[\x00-\x7f]+$/.test(domain)) return text;
  return local + (URL.parse(`http://${domain}`)?.hostname ?? domain);
}
