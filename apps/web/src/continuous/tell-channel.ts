import { decideTelling, type LastTold, type News, nothingTold, type Policy } from '@marteau/notify';
import { figuresOf, type Run } from '@marteau/shared';
import { projectName } from '../views/project.ts';
import { channelAddress } from './channel-address.ts';
import type { Continuous } from './context.ts';
import { isHeld } from './floods.ts';
import { sendNews } from './send-news.ts';
import type { Told } from './told.ts';

/** Tells a channel of a run that ended, where that is news, or somebody asked for it. @param to 'perf:change' */
export async function tellChannel(
  context: Continuous,
  run: Run,
  { to, isAsked }: { to: string; isAsked: boolean },
): Promise<Told> {
  const { store } = context;
  const [name = '', policy = 'change'] = to.split(':');
  const found = await channelAddress(context, run.project, name);
  if ('why' in found) return { outcome: 'refused', detail: found.why };
  const { address } = found;
  const place = `told ${JSON.stringify([name, run.project, branchOf(run), run.test, run.profile])}`;
  const left = await store.turns.left(place);
  const last = left === null ? nothingTold : (JSON.parse(left) as LastTold);
  const outcome = run.verdict ?? run.state;
  const decided = decideTelling(policy as Policy, last, { run: run.id, outcome });
  if (decided.told || isAsked) {
    const news = newsOf(run, `${context.url}/runs/${run.id}`);
    if (
      !isAsked &&
      (await isHeld(context, { channel: { project: run.project, name }, address, title: news.title }))
    ) {
      await store.turns.leave(place, JSON.stringify(decided.next));
      return {
        outcome: 'sent',
        detail: 'goes with the next digest: the channel was told enough for an hour',
      };
    }
    const sent = await sendNews(context, news, address);
    if (sent.outcome !== 'sent') return sent;
    await store.turns.leave(place, JSON.stringify(decided.next));
    return sent;
  }
  await store.turns.leave(place, JSON.stringify(decided.next));
  return { outcome: 'sent', detail: `not told: ${decided.why}` };
}

function branchOf({ cause, ref }: Run): string {
  return cause?.kind === 'schedule' ? '' : (cause?.ref ?? ref ?? '');
}

function newsOf(run: Run, url: string): News {
  const { id, summary, reason, profile, commit, project, verdict, state, endedAt } = run;
  const outcome = verdict ?? state;
  const name = `${projectName(run)}${profile ? ` (${profile})` : ''}`;
  const branch = branchOf(run);
  const { p95, rate, errors } = figuresOf(summary);
  const facts = summary ? { p95, rate, errors } : {};
  return {
    id,
    outcome,
    name,
    title: `${outcome} · ${name}${branch ? ` on ${branch}` : ''}`,
    sentence: reason ?? '',
    facts: [
      ...Object.entries(facts).map(([label, value]) => ({ label, value })),
      ...(commit ? [{ label: 'commit', value: commit.slice(0, 8) }] : []),
    ],
    url,
    data: {
      run: id,
      project,
      state,
      verdict,
      reason,
      commit,
      profile,
      url,
      summary: summary && { ...summary, spark: [] },
    },
    at: endedAt ?? new Date(0).toISOString(),
  };
}
