import { hasEnded, MarteauError } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebConfig } from '../config.ts';
import { audit } from '../rights/audit.ts';
import { open } from '../rights/rule.ts';
import { loadOfSecret, rateInWords, type StrangersLoad, stopForOwner } from '../runs/stop-for-owner.ts';
import { perMinute } from '../server/per-minute.ts';
import { inLogs } from '../views/in-logs.ts';

interface AbuseRequest {
  Params: { secret: string };
}

const LOOKS_PER_MINUTE = 60;
const STOPS_PER_MINUTE = 10;

/**
 * Where the owner of a target sees who loads it, and stops that, by the secret in the User-Agent of its requests. They
 * are told nothing of the project or its people. Opening the page changes nothing, since programs open links of logs.
 */
export async function abuseRoutes(
  app: FastifyInstance,
  { store, config }: { store: Store; config: WebConfig },
) {
  const options = { ...open, schema: { hide: true } };
  const looks = perMinute(LOOKS_PER_MINUTE);
  const stops = perMinute(STOPS_PER_MINUTE);

  const find = async ({ params, ip }: FastifyRequest<AbuseRequest>): Promise<StrangersLoad> => {
    if (!looks.may(ip)) throw new MarteauError('too-many-stops', {});
    return loadOfSecret(store, params.secret, Date.now());
  };
  const show = async (reply: FastifyReply, { run, host }: StrangersLoad, until: string | null) =>
    reply
      .header('referrer-policy', 'same-origin') // none at all would make the form's own origin unknown
      .header('cache-control', 'no-store')
      .header('x-robots-tag', 'noindex')
      .page('pages/abuse', {
        title: `Load on ${host}`,
        load: {
          host,
          contact: config.contact,
          begin: inLogs(run.startedAt),
          end: inLogs(run.endedAt),
          isOver: hasEnded(run.state),
          rate: await rateInWords(store, run),
          until: inLogs(until),
        },
      });

  app.get<AbuseRequest>('/abuse/:secret', options, async (request, reply) => {
    const load = await find(request);
    const block = await store.blocks.find(load.run.project, [load.host]);
    return show(reply, load, block?.until ?? null);
  });

  app.post<AbuseRequest>('/abuse/:secret', options, async (request, reply) => {
    if (!stops.may(request.ip)) throw new MarteauError('too-many-stops', {});
    const load = await find(request);
    const { until } = await stopForOwner(store, load);
    await audit(store, request, 'target.stop', `run ${load.run.id}`, {
      after: `${load.host} until ${until}`,
    });
    const now = (await store.runs.get(load.run.id)) ?? load.run;
    return show(reply, { ...load, run: now }, until);
  });
}
