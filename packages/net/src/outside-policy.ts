import { type AllowedHosts, addressKind, METADATA } from './address-kind.ts';

/** Whether an address may be asked, by which its host is known here. @param host as it stands in the URL, without brackets */
export type Allowed = (address: string, host: string) => boolean;

/** Everything but what tells a machine of a cloud who it is, which is nobody's target. */
export const anywhere: Allowed = (address) => addressKind(address) !== METADATA;

/**
 * What a server lets runs have asked in its name: the public internet; and private addresses where its operator says so.
 * @param allowPrivate MARTEAU_ALLOW_PRIVATE
 * @param allowHosts MARTEAU_ALLOW_HOSTS
 */
export function outsidePolicy({
  allowPrivate = false,
  allowHosts,
}: {
  readonly allowPrivate?: boolean;
  readonly allowHosts?: AllowedHosts;
}): Allowed {
  return (address, host) => {
    const kind = addressKind(address);
    if (kind === METADATA) return false;
    return (
      kind === null ||
      allowPrivate ||
      allowHosts?.hasName(host) === true ||
      allowHosts?.hasAddress(address) === true
    );
  };
}
