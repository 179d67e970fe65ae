export {
  type AllowedHosts,
  addressKind,
  ipv6Groups,
  metadataAddresses,
  parseAllowedHosts,
} from './address-kind.ts';
export { addressesOf } from './addresses-of.ts';
export { type AskOutside, askOutside, NotAllowed, type OutsideAnswer, openOutside } from './ask-outside.ts';
export { claimPort, freePort } from './free-port.ts';
export { hostAndPort, hostInUrl, isLoopback, parseHostAndPort } from './host-port.ts';
export { HttpBody } from './http/http-body.ts';
export { HttpHead, skipEmptyLines } from './http/http-head.ts';
export {
  type Allowed,
  anywhere,
  type OperatorWord,
  type OutsideSettings,
  operatorWord,
  outsidePolicy,
  sourcesPolicy,
} from './outside-policy.ts';
export { ReadBuffer, type Receive, readAccepted } from './read-buffer.ts';
export { type Written, writeAtOnce } from './write-at-once.ts';
