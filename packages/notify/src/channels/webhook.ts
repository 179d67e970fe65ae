import { standardHeaders } from '@marteau/forge';
import { type Channel, json } from '../channel.ts';

/** Any program: `{type, timestamp, data}`, signed as Standard Webhooks say where there is a secret. */
export const webhook: Channel = {
  kind: 'webhook',
  owns: () => true,
  write({ id, at, data }, { url, secret }, now) {
    const message = json(url, { type: 'run.finished', timestamp: at, data });
    if (secret === undefined) return message;
    return { ...message, headers: { ...message.headers, ...standardHeaders(id, message.body, secret, now) } };
  },
};
