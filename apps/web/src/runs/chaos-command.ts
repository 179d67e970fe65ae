import { behaviors, liveFault } from '@marteau/chaos';
import type { ResolvedFile } from '@marteau/file';
import { type BreakRequest, MarteauError } from '@marteau/shared';
import type { Store } from '@marteau/store';

/** What is there to be broken and how, for the form of a run's page. */
export interface Breakable {
  proxies: string[];
  behaviors: { name: string; about: string }[];
}

/** Null where the file of the run names no proxies, or was not read yet. */
export async function breakableOf(store: Store, id: string): Promise<Breakable | null> {
  const proxies = Object.keys((await proxiesOf(store, id)) ?? {});
  if (proxies.length === 0) return null;
  return {
    proxies,
    behaviors: behaviors.filter(({ name }) => name !== 'dummy').map(({ name, about }) => ({ name, about })),
  };
}

/**
 * Breaks a proxy of a run now.
 * @throws chaos-wrong for what its proxies cannot do, 'not-found', 'wrong-state' unless it is under load
 */
export async function breakNow(store: Store, id: string, request: BreakRequest): Promise<void> {
  const proxies = await proxiesOf(store, id);
  if (proxies !== null) liveFault({ proxies }, request, { at: 0, length: 0, number: 1 });
  await store.commands.send(id, { do: 'break', ...request });
}

/** Heals everything that is broken in a run. @throws 'not-found', 'wrong-state' unless it is under load */
export function healNow(store: Store, id: string): Promise<void> {
  return store.commands.send(id, { do: 'heal' });
}

/** As the form sends it: options as `latency=100ms jitter=20ms`. @throws chaos-wrong */
export function breakRequestOf(form: Readonly<Record<string, unknown>>): BreakRequest {
  const text = (name: string): string => (typeof form[name] === 'string' ? form[name].trim() : '');
  const pairs = text('options')
    .split(/[\s,]+/)
    .filter(Boolean);
  return {
    proxy: text('proxy'),
    behavior: text('behavior'),
    ...(pairs.length > 0 ? { options: Object.fromEntries(pairs.map(optionOf)) } : {}),
    ...(text('for') ? { for: text('for') } : {}),
  };
}

function optionOf(pair: string): [string, string | number | boolean] {
  const [name = '', value] = pair.split(/=(.*)/s);
  if (name === '' || value === undefined || value === '') {
    const sentence = `'${pair}' is no option. Write each as name=value, such as latency=100ms.`;
    throw new MarteauError('chaos-wrong', { sentence });
  }
  if (value === 'true' || value === 'false') return [name, value === 'true'];
  return [name, Number.isFinite(Number(value)) ? Number(value) : value];
}

/** Only a run that is in the line or under load still has its file here. */
async function proxiesOf(store: Store, id: string): Promise<ResolvedFile['proxies'] | null> {
  const work = (await store.runs.work(id)) as { file?: ResolvedFile } | null;
  return work?.file?.proxies ?? null;
}
