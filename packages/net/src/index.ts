export { addressKind } from './address-kind.ts';
export { type AllowedHosts, parseAllowedHosts } from './allowed-hosts.ts';
export { claimPort, freePort } from './free-port.ts';
export { hostAndPort, hostInUrl, isLoopback, parseHostAndPort } from './host-port.ts';
export { writeAtOnce } from './write-at-once.ts';
