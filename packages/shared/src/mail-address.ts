const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';

/**
 * One plain mail address: no names, no lists, nothing that could break a mail's header, and nothing but ASCII, because
 * few mail servers take more. What it matches, the workers can mail.
 */
export const mailAddressPattern = new RegExp(
  `^(?=.{3,254}$)[A-Za-z0-9.!#$%&'*+/=?^_\`{|}~-]{1,64}@(?:${LABEL}\\.)+${LABEL}$`,
);
