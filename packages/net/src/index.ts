export { type AllowedHosts, addressKind, ipv6Groups, parseAllowedHosts } from './address-kind.ts';
export { claimPort, freePort } from './free-port.ts';
export { hostAndPort, hostInUrl, isLoopback, parseHostAndPort } from './host-port.ts';
export { writeAtOnce } from './write-at-once.ts';
