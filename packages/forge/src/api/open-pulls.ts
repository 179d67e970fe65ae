import type { OpenPulls } from '../forge.ts';
import { pullIn, type ToldPull } from '../payload.ts';
import type { ForgeApi } from './forge-api.ts';

interface Listing {
  /** With everything, for one page of them. */
  readonly path: string;
  /** How many a page has at most. */
  readonly page: number;
  readonly tag: string | null;
  /** The list in an answer. */
  listIn(answer: unknown): readonly unknown[];
  told(one: unknown): ToldPull;
}

/** One page of open pull requests, or null where the forge says that nothing changed. @throws ForgeRefusal */
export async function listPulls(
  api: ForgeApi,
  { path, page, tag, listIn, told }: Listing,
): Promise<OpenPulls | null> {
  const answer = await api.read(path, tag);
  if (answer === null) return null;
  const all = listIn(answer.body);
  return {
    // Whatever a forge sends, it is no more than was asked for.
    pulls: all
      .slice(0, page)
      .map(told)
      .flatMap((one) => pullIn(one) ?? []),
    isAll: all.length < page,
    tag: answer.tag,
  };
}
