import type { Protocol } from './protocol.ts';

/** Any bytes at all. */
export const tcp: Protocol = {
  name: 'tcp',
  about: 'Any bytes. What the client sends until it gets an answer counts as one request.',
};
