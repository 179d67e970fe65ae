import { type AllowedHosts, addressKind, METADATA } from './address-kind.ts';

/** Whether an address may be asked, by which its host is known here. @param host as it stands in the URL, without brackets */
export type Allowed = (address: string, host: string) => boolean;

/** Everything but what tells a machine of a cloud who it is, which is nobody's target. */
export const anywhere: Allowed = (address) => addressKind(address) !== METADATA;

interface OutsideSettings {
  /** MARTEAU_ALLOW_PRIVATE */
  readonly allowPrivate?: boolean | undefined;
  /** MARTEAU_TARGETS */
  readonly targets?: AllowedHosts | undefined;
  /** MARTEAU_DENY */
  readonly deny?: AllowedHosts | undefined;
}

/**
 * What a server lets its runs reach, and have asked in its name: of hosts and networks that the operator lists those;
 * where none are listed, the internet and private networks, but not the node itself.
 */
export function outsidePolicy({ allowPrivate = false, targets, deny }: OutsideSettings): Allowed {
  return (address, host) => {
    const isOf = (hosts: AllowedHosts) => hosts.hasName(host) || hosts.hasAddress(address);
    const kind = addressKind(address);
    if (kind === METADATA || (deny && isOf(deny))) return false;
    if (targets) return isOf(targets);
    return kind === null || kind === 'a private address' || allowPrivate;
  };
}

/** Whether a host that keeps repositories may be asked: of the internet, or one that MARTEAU_ALLOW_HOSTS and _PRIVATE let in. */
export function sourcesPolicy({
  allowPrivate = false,
  allowHosts,
}: {
  readonly allowPrivate?: boolean;
  readonly allowHosts?: AllowedHosts | undefined;
}): Allowed {
  return (address, host) => {
    const kind = addressKind(address);
    if (kind === METADATA) return false;
    const isNamed = allowHosts?.hasName(host) || allowHosts?.hasAddress(address);
    return kind === null || allowPrivate || isNamed === true;
  };
}
