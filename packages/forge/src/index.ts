export { type ForgeAccess, type ForgeApi, openForgeApi } from './api/forge-api.ts';
export { ForgeRefusal } from './api/forge-refusal.ts';
export { type Commented, type CommentText, type KnownComment, keepComment, plainText } from './comment.ts';
export { ForgeEvent, Pull, type ReadEvents } from './event.ts';
export { type Forge, ForgeKind, type PullNow } from './forge.ts';
export { forgeOf, kindOfHost } from './registry.ts';
export type { Proof } from './signature/proof.ts';
export { standardHeaders } from './signature/standard-webhooks.ts';
export { type CommitStatus, cutTo, type StatusState } from './status.ts';
