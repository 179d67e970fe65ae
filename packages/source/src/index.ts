export { type AllowedHosts, parseAllowedHosts } from './address/allowed-hosts.ts';
export { type AddressPolicy, type CheckedAddress, checkAddress } from './address/check-address.ts';
export { type ParsedAddress, parseAddress } from './address/parse-address.ts';
export { type FetchedSource, type FetchOptions, fetchSource } from './fetch.ts';
export type { Progress, ReadResult } from './git/job.ts';
export { type ReadOptions, readMarteauFile } from './read-file.ts';
export { parseRef, type Ref } from './ref.ts';
