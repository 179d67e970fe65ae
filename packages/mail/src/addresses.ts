/** One mailbox, as nodemailer takes it: a string would be parsed, and a comma in it would add recipients. */
export interface Mailbox {
  name: string;
  address: string;
}

/** The address when it is exactly one, without a name, a comment or a line end; else null. */
export function readAddress(text: string): Mailbox | null {
  const address = text.trim();
  const [local = '', domain = '', ...more] = address.split('@');
  const plausible =
    more.length === 0 &&
    address.length <= 254 &&
    /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}$/.test(local) &&
    /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(
      domain,
    );
  return plausible ? { name: '', address } : null;
}

/** A sender: an address, or `Name <address>`; null for anything else. Without a name it is Marteau. */
export function readSender(text: string): Mailbox | null {
  const [, name = 'Marteau', bracketed = text] =
    /^"?([^"<>,\p{Cc}]*[^"<>,\p{Cc}\s])"?\s*<([^<>]*)>$/u.exec(text.trim()) ?? [];
  const mailbox = readAddress(bracketed);
  return mailbox && { ...mailbox, name };
}

/** Whether mail may go to this address: to every domain, or only to those listed and their subdomains. */
export function isAllowed({ address }: Mailbox, domains: readonly string[]): boolean {
  if (domains.length === 0) return true;
  const domain = address.split('@')[1]!.toLowerCase();
  return domains.some((allowed) => {
    const wanted = allowed.toLowerCase().replace(/^[@.]/, '');
    return domain === wanted || domain.endsWith(`.${wanted}`);
  });
}
