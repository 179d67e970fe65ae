import type { News } from '@marteau/notify';
import type { Run } from '@marteau/shared';
import { channelAddress } from './channel-address.ts';
import type { Continuous } from './context.ts';
import { isHeld } from './floods.ts';
import { sendNews } from './send-news.ts';
import type { Told } from './told.ts';
import { levelInWords, suspectsOf, type TrendNow, trendKey, trendNow } from './trend-now.ts';

/** Tells a channel once that the trend of the default branch has another level, which this run made plain. @param to 'perf:change' */
export async function tellTrend(context: Continuous, run: Run, to: string): Promise<Told> {
  const { store } = context;
  const [name = '', policy = 'change'] = to.split(':');
  if (run.state !== 'finished') return { outcome: 'sent', detail: 'not told: nothing was measured' };
  const found = await channelAddress(context, run.project, name);
  if ('why' in found) return { outcome: 'refused', detail: found.why };
  const { address } = found;
  const place = `trend ${name} ${trendKey(run)}`;
  const told = await store.turns.left(place);
  // A run that is told late says nothing that a later one has not said.
  if (told !== null && told >= run.id) return { outcome: 'sent', detail: 'not told: a newer run was told' };
  const trend = await trendNow(context, run, told);
  const meant = trend.news.filter(({ direction }) => policy !== 'failure' || direction === 'worse');
  if (meant.length === 0) {
    // It stays known for as long as there are runs.
    if (told !== null) await store.turns.leave(place, told);
    return { outcome: 'sent', detail: 'not told: the level of its trend is as it was' };
  }
  const news = await newsOf(context, run, { ...trend, news: meant });
  const channel = { project: run.project, name };
  if (await isHeld(context, { channel, address, title: news.title })) {
    await store.turns.leave(place, run.id);
    return { outcome: 'sent', detail: 'goes with the next digest: the channel was told enough for an hour' };
  }
  const sent = await sendNews(context, news, address);
  if (sent.outcome === 'sent') await store.turns.leave(place, run.id);
  return sent;
}

async function newsOf(context: Continuous, run: Run, { news, name, url }: TrendNow): Promise<News> {
  const outcome = news.some(({ direction }) => direction === 'worse') ? 'worse' : 'better';
  const suspects = await suspectsOf(context, news[0]!);
  return {
    id: `trend ${run.id}`,
    outcome,
    name,
    title: `${outcome} for several runs · ${name}`,
    sentence: [`On the default branch, ${news.map(levelInWords).join(', ')}.`, ...suspects].join('\n'),
    facts: [],
    url,
    data: {
      type: 'trend',
      run: run.id,
      project: run.project,
      levels: news.map(({ metric, before, after, change, direction, last, first }) => ({
        metric,
        before,
        after,
        change,
        direction,
        lastCommit: last.commit,
        firstCommit: first.commit,
      })),
      url,
    },
    at: run.endedAt ?? new Date(0).toISOString(),
  };
}
