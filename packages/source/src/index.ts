export { type AddressPolicy, type CheckedAddress, checkAddress } from './address/check-address.ts';
export { type ParsedAddress, parseAddress } from './address/parse-address.ts';
export { type BetweenOptions, commitsBetween } from './commits-between.ts';
export { type FetchedSource, type FetchOptions, fetchSource } from './fetch.ts';
export type { ListedCommit, Progress, ReadResult } from './git/job.ts';
export { listRefs } from './list-refs.ts';
export { findMergeBase, type MergeBaseOptions } from './merge-base.ts';
export { checkNamedFiles, nearMarteauFile } from './project/named-files.ts';
export {
  checkPackages,
  missingOnNodes,
  type OutsidePackage,
  outsidePackages,
} from './project/outside-packages.ts';
export { type ReadOptions, readMarteauFile, sweepReads } from './read-file.ts';
export { parseRef, type Ref } from './ref.ts';
export { gitAccess, projectSecrets, protectedRefs } from './secrets/project-secrets.ts';
export { readSecretsFile } from './secrets/read-secrets-file.ts';
export type { ChannelSecrets, GitAccess, Secrets } from './secrets/secrets-file.ts';
export { withOwnSecrets } from './secrets/with-own.ts';
export { type PackedTree, type PackOptions, packTree, type TreeLimits } from './tree/pack.ts';
export { type UnpackOptions, unpackTree } from './tree/unpack.ts';
