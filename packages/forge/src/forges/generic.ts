import type { ReadEvents } from '../event.ts';
import type { Forge } from '../forge.ts';
import {
  at,
  notHeeded,
  numberAt,
  PING,
  pullChange,
  refChange,
  shaAt,
  textAt,
  UNREADABLE,
} from '../payload.ts';
import { standardProof } from '../signature/standard-webhooks.ts';

/** Any program that signs as Standard Webhooks say: `{repo, ref, sha, before?, pr?}`. Nothing can be told to it. */
export const generic: Forge = {
  kind: 'generic',
  name: 'a program of your own',
  hosts: [],
  apiOf: ({ origin }) => origin,
  setUp:
    'Post {"repo", "ref": "refs/heads/main", "sha"} as JSON, signed as Standard Webhooks say: headers webhook-id, webhook-timestamp, webhook-signature.',
  prove: standardProof,
  deliveryOf: (headers) => String(headers['webhook-id'] ?? '') || null,
  read(_headers, body): ReadEvents {
    if (at(body, 'type') === 'ping') return PING;
    const [repo, sender, message] = ['repo', 'sender', 'message'].map((name) => textAt(body, name));
    const pull = at(body, 'pr');
    if (pull === null) {
      const ref = textAt(body, 'ref');
      if (ref === null) return UNREADABLE;
      return refChange({
        ref: ref.startsWith('refs/') ? ref : `refs/heads/${ref}`,
        before: shaAt(body, 'before'),
        after: shaAt(body, 'sha'),
        repo: repo ?? null,
        defaultBranch: textAt(body, 'defaultBranch'),
        message: message ?? null,
        sender: sender ?? null,
        files: null,
      });
    }
    if (typeof pull !== 'object') return notHeeded('a pull request that is no map');
    return pullChange({
      what: at(pull, 'closed') === true ? 'closed' : 'pull',
      number: numberAt(pull, 'number'),
      title: textAt(pull, 'title'),
      head: shaAt(body, 'sha'),
      base: shaAt(pull, 'base') ?? '',
      headRef: textAt(pull, 'headRef') ?? textAt(body, 'ref'),
      baseRef: textAt(pull, 'baseRef'),
      fork: at(pull, 'fork') === true,
      draft: at(pull, 'draft') === true,
      repo: repo ?? null,
      defaultBranch: textAt(body, 'defaultBranch'),
      sender: sender ?? null,
    });
  },
  pullRef: () => null,
  status: null,
  comments: null,
  issues: null,
  pulls: null,
  pull: null,
};
