import { type AllowedHosts, addressKind, METADATA } from './address-kind.ts';

/** Whether an address may be asked, by which its host is known here. @param host as it stands in the URL, without brackets */
export type Allowed = (address: string, host: string) => boolean;

/** Everything but what tells a machine of a cloud who it is, which is nobody's target. */
export const anywhere: Allowed = (address) => addressKind(address) !== METADATA;

export interface OutsideSettings {
  /** MARTEAU_ALLOW_PRIVATE */
  readonly allowPrivate?: boolean | undefined;
  /** MARTEAU_TARGETS */
  readonly targets?: AllowedHosts | undefined;
  /** MARTEAU_DENY */
  readonly deny?: AllowedHosts | undefined;
  /** Whoever is on the internet decides for himself what MARTEAU_TARGETS does not list. */
  readonly consent?: boolean | undefined;
}

/**
 * What an operator's settings say of an address: `denied`, by name, by kind, or because others are listed; `listed` in
 * MARTEAU_TARGETS; `permitted`, as the machine itself is by MARTEAU_ALLOW_PRIVATE; else nothing.
 */
export type OperatorWord = 'denied' | 'listed' | 'permitted' | 'nothing';

/** @param host as it stands in the URL, without brackets */
export function operatorWord(
  { allowPrivate = false, targets, deny, consent = false }: OutsideSettings,
  address: string,
  host: string,
): OperatorWord {
  const isOf = (hosts: AllowedHosts) => hosts.hasName(host) || hosts.hasAddress(address);
  const kind = addressKind(address);
  if (kind === METADATA || (deny && isOf(deny))) return 'denied';
  if (targets && isOf(targets)) return 'listed';
  if (targets && !consent) return 'denied';
  if (kind === null) return 'nothing';
  if (kind === 'a private address') return targets ? 'denied' : 'nothing';
  if (!allowPrivate) return 'denied';
  return kind === 'a loopback address' ? 'permitted' : 'nothing';
}

/**
 * What a server lets its runs reach, and have asked in its name: of hosts and networks that the operator lists those;
 * where none are listed, the internet and private networks, but not the node itself.
 */
export function outsidePolicy(settings: OutsideSettings): Allowed {
  return (address, host) => operatorWord(settings, address, host) !== 'denied';
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
