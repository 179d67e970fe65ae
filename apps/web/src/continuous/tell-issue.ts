import { closeIssue, findIssue, type IssueText, openIssue, plainText } from '@marteau/forge';
import type { Level } from '@marteau/report';
import { formatLatency, formatRate, type Run } from '@marteau/shared';
import type { Hook } from '@marteau/store';
import type { Continuous } from './context.ts';
import { forgeOfProject } from './forge-of-project.ts';
import type { Told } from './told.ts';
import { levelInWords, suspectsOf, type TrendNow, trendKey, trendNow } from './trend-now.ts';

/** What is kept of the issue of a trend. */
interface Kept {
  /** The run at which its change was told last. */
  readonly told: string;
  /** Null where none is open. */
  readonly issue: { readonly id: string; readonly before: Before } | null;
}

/** The levels to which it has to come back. */
type Before = Readonly<Partial<Record<Level['metric'], number>>>;

/** Who is so near to a level is back there. */
const NEAR = 1.05;

/** Opens an issue when the trend of the default branch has become worse, and closes it once it is as it was. */
export async function tellIssue(context: Continuous, hook: Hook, run: Run): Promise<Told> {
  const { store } = context;
  const { forge, api } = await forgeOfProject(context, hook);
  if (!forge.issues) return { outcome: 'refused', detail: `${forge.name} has no issues that are kept so` };
  if (run.state !== 'finished') return { outcome: 'sent', detail: 'nothing was measured' };
  const issues = forge.issues(api);
  const place = `issue ${trendKey(run)}`;
  const left = await store.turns.left(place);
  const kept = left === null ? null : (JSON.parse(left) as Kept);
  if (kept !== null && kept.told > run.id) return { outcome: 'sent', detail: 'a newer run was told' };
  const leave = (what: Kept) => store.turns.leave(place, JSON.stringify(what));
  const trend = await trendNow(context, run, kept?.told ?? null);
  const worse = trend.news.filter(({ direction }) => direction === 'worse');
  const hunt = async () => {
    const found = await findIssue(issues, trend.about);
    return found && { id: found.id, before: beforeIn(found.notes) };
  };
  const known = kept?.issue ?? (trend.news.length > 0 ? await hunt() : null);
  if (worse.length > 0) {
    const fresh = Object.fromEntries(worse.map(({ metric, before }) => [metric, before])) as Before;
    const before = { ...fresh, ...known?.before };
    const text = await textOf(context, trend, { before, of: worse, isOver: false });
    const id = await openIssue(issues, text, known?.id ?? null);
    await leave({ told: run.id, issue: { id, before } });
    return { outcome: 'sent', detail: known?.id === id ? `wrote over issue ${id}` : `opened issue ${id}` };
  }
  if (known !== null && isBack(trend, known.before)) {
    const text = await textOf(context, trend, { before: known.before, of: trend.news, isOver: true });
    const why = `It is as it was: [run ${run.id}](${context.url}/runs/${run.id}) of ${run.commit?.slice(0, 8) ?? 'the default branch'}.`;
    await closeIssue(issues, known.id, text, why);
    await leave({ told: run.id, issue: null });
    return { outcome: 'sent', detail: `closed issue ${known.id}` };
  }
  if (kept !== null || known !== null || trend.news.length > 0)
    await leave({ told: trend.news.length > 0 ? run.id : (kept?.told ?? run.id), issue: known });
  return { outcome: 'sent', detail: 'nothing to say' };
}

function isBack({ levels }: TrendNow, before: Before): boolean {
  const all = Object.entries(before) as [Level['metric'], number][];
  return all.every(([metric, was]) => {
    const now = levels.find((one) => one.metric === metric)?.value;
    if (now === undefined) return false;
    return metric === 'p95' ? now <= was * NEAR : now >= was / NEAR;
  });
}

async function textOf(
  context: Continuous,
  { name, about, url }: TrendNow,
  { before, of, isOver }: { before: Before; of: TrendNow['news']; isOver: boolean },
): Promise<IssueText> {
  const [first, ...lines] = of[0] ? await suspectsOf(context, of[0]) : [];
  const was = (Object.entries(before) as [Level['metric'], number][])
    .map(([metric, value]) => `${metric} ${metric === 'p95' ? formatLatency(value) : formatRate(value)}`)
    .join(', ');
  return {
    about,
    title: `${name} is slower on the default branch`,
    notes: Object.entries(before)
      .map(([metric, value]) => `${metric}=${value.toPrecision(6)}`)
      .join(','),
    body: [
      isOver ? 'It is as it was again.' : 'Several runs of the default branch are worse than those before.',
      ...(of.length > 0 ? ['', `${of.map(levelInWords).join(', ')}.`] : []),
      ...(first === undefined ? [] : ['', plainText(first)]),
      ...(lines.length > 0 ? ['', ...lines.map((line) => `- ${plainText(line)}`)] : []),
      '',
      `[The trend](${url}) · This issue is closed by itself once it is as it was: ${was}.`,
    ].join('\n'),
  };
}

/** 'p95=120000,rate=400', as it stands in the marker. */
function beforeIn(notes: string): Before {
  const pairs = notes.split(',').map((note) => note.split('='));
  return Object.fromEntries(
    pairs.flatMap(([metric, value]) =>
      (metric === 'p95' || metric === 'rate') && Number(value) > 0 ? [[metric, Number(value)]] : [],
    ),
  );
}
