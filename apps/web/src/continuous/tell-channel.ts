import { outsidePolicy } from '@marteau/net';
import {
  ChannelKind,
  decideTelling,
  kindOfAddress,
  type LastTold,
  type News,
  nothingTold,
  type Policy,
  send,
} from '@marteau/notify';
import { figuresOf, type Run } from '@marteau/shared';
import { type ChannelSecrets, projectSecrets } from '@marteau/source';
import { secretsOf } from '../data/secrets-of.ts';
import { projectName } from '../views/project.ts';
import type { Continuous } from './context.ts';
import type { Told } from './told.ts';

/** Tells a channel of a run that ended, where that is news, or somebody asked for it. @param to 'perf:change' */
export async function tellChannel(
  context: Continuous,
  run: Run,
  { to, isAsked }: { to: string; isAsked: boolean },
): Promise<Told> {
  const { store, config, closing, now } = context;
  const [name = '', policy = 'change'] = to.split(':');
  const secrets = await secretsOf(store, config, run.project);
  const own = projectSecrets(secrets, run.project)[`NOTIFY_${name.toUpperCase().replace(/\W/g, '_')}`];
  const known: ChannelSecrets | undefined = own ? { url: own } : secrets.channels.get(name);
  if (!known || !URL.canParse(known.url)) {
    const detail = `neither the secrets file of this server nor the project's secrets have the address of a channel ${name}`;
    return { outcome: 'refused', detail };
  }
  const kind = known.kind ?? kindOfAddress(known.url);
  if (!isKind(kind)) return { outcome: 'refused', detail: `there is no kind of channel ${kind}` };
  const place = `told ${JSON.stringify([name, run.project, branchOf(run), run.test, run.profile])}`;
  const left = await store.turns.left(place);
  const last = left === null ? nothingTold : (JSON.parse(left) as LastTold);
  const outcome = run.verdict ?? run.state;
  const decided = decideTelling(policy as Policy, last, { run: run.id, outcome });
  if (decided.told || isAsked) {
    const address = { url: known.url, kind, secret: known.secret };
    // A channel may well be inside; what tells a machine who it is never is one.
    const sending = {
      allowed: outsidePolicy({ allowPrivate: config.sources.allowPrivate }),
      signal: closing,
      now: now(),
    };
    const sent = await send(newsOf(run, `${context.url}/runs/${run.id}`), address, sending);
    if (sent.outcome !== 'sent') return sent;
    await store.turns.leave(place, JSON.stringify(decided.next));
    return sent;
  }
  await store.turns.leave(place, JSON.stringify(decided.next));
  return { outcome: 'sent', detail: `not told: ${decided.why}` };
}

function isKind(kind: string): kind is ChannelKind {
  return (ChannelKind.enum as readonly string[]).includes(kind);
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
