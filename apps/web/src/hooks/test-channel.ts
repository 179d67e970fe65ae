import type { Sent } from '@marteau/notify';
import { MarteauError } from '@marteau/shared';
import type { Project, Store } from '@marteau/store';
import type { FastifyRequest } from 'fastify';
import type { WebConfig } from '../config.ts';
import { channelAddress } from '../continuous/channel-address.ts';
import { sendNews } from '../continuous/send-news.ts';
import { audit } from '../rights/audit.ts';
import { baseUrl } from '../server/base-url.ts';
import { perMinute } from '../server/per-minute.ts';

const DEADLINE_MS = 20_000;
/** So many tests a minute for each project. */
const tests = perMinute(10);

/** Sends a channel a test, and says what its service answered. @throws MarteauError not-found, too-many-tries */
export async function testChannel(
  { store, config }: { store: Store; config: WebConfig },
  request: FastifyRequest,
  { id, repo }: Project,
  name: string,
): Promise<Sent> {
  if (!tests.may(id)) throw new MarteauError('too-many-tries', {});
  const found = await channelAddress({ store, config }, repo, name);
  if ('why' in found) throw new MarteauError('not-found', { what: `channel ${name.slice(0, 40)}` });
  await audit(store, request, 'channel.test', `project ${id}`, { after: name.slice(0, 40) });
  const now = Date.now();
  const url = `${baseUrl(config, request)}/projects/${id}`;
  const news = {
    id: `test ${now}`,
    outcome: 'test',
    name: repo,
    title: `test of the channel ${name}`,
    sentence: 'Somebody asked Marteau for it. Nothing ended.',
    facts: [],
    url,
    data: { test: true },
    at: new Date(now).toISOString(),
  };
  return sendNews({ config, closing: AbortSignal.timeout(DEADLINE_MS), now: () => now }, news, found.address);
}
