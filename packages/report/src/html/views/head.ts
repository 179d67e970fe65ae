import { dataFileNames } from '../../export/data-files.ts';
import type { Results } from '../../schema/results.ts';
import { momentInWords } from '../sentences.ts';
import { safeLink } from '../text.ts';
import { type Fact, factsOf } from './facts.ts';
import { type NumberGroup, numbersOf } from './numbers.ts';

/** The first screen, without its charts: verdict, numbers, facts. */
export interface Head {
  readonly title: string;
  /** Empty where the file says nothing. */
  readonly description: string;
  readonly verdict: string;
  readonly sentence: string;
  readonly when: string;
  readonly numbers: readonly NumberGroup[];
  readonly facts: readonly Fact[];
  readonly downloads: readonly { name: string; link: string | null }[];
}

export function headOf(results: Results): Head {
  const { run, description = '', judgement } = results;
  return {
    title: run.name ?? run.project,
    description,
    verdict: judgement?.verdict ?? (run.ending === 'cancelled' ? 'cancelled' : 'error'),
    sentence: judgement?.reason ?? run.reason ?? 'The run ended without a verdict.',
    when: momentInWords(run.startedAt ?? run.submittedAt),
    numbers: numbersOf(results),
    facts: factsOf(results),
    downloads: downloadsOf(results),
  };
}

/** What lies beside the report: with links where the server knows its own address, else by name. */
function downloadsOf({ run, judgement }: Results): Head['downloads'] {
  if (judgement === null) return [];
  const base = safeLink(run.url)?.replace(/\/$/, '') ?? null;
  return [
    { name: 'results.json', link: base && `${base}/results.json` },
    ...dataFileNames.map((name) => ({ name, link: base && `${base}/files/${name}` })),
  ];
}
