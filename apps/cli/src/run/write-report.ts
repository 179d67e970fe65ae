import { join } from 'node:path';
import type { Measurements } from '@marteau/measure';
import { buildResults, mergeMeasurements, type ReportInput, runFiles, summarise } from '@marteau/report';
import type { Results } from '@marteau/report/schema';
import { isSameTest, type RunSummary } from '@marteau/shared';
import type { OutFolder } from './out-folder.ts';

/** How many earlier runs show how much runs vary. */
const BASELINES = 6;

type Input = Omit<ReportInput, 'measurements' | 'baselines'> & {
  measurements: Measurements;
  /** Replaces secrets in every text of the results. */
  mask: <T>(value: T) => T;
};

export interface Report {
  results: Results;
  summary: RunSummary | null;
  folder: string;
  /** The path of report.html. */
  file: string;
}

/** Judges a run and writes its folder: report.html, results.json, histograms.hlog, marteau.yml, and the data files. */
export async function writeReport({ measurements, mask, ...input }: Input, out: OutFolder): Promise<Report> {
  const merged = mergeMeasurements([measurements]);
  const { run } = input;
  const baselines = await out.earlier(
    (earlier) =>
      earlier.judgement?.verdict === 'pass' &&
      !earlier.run.stopped &&
      earlier.run.trigger === run.trigger &&
      isSameTest(earlier.run, run),
    BASELINES,
  );
  const results = mask(buildResults({ ...input, measurements: merged, baselines }));
  for (const [name, text] of Object.entries(runFiles(results, merged, input.file)))
    await out.write(name, text);
  return { results, summary: summarise(results), folder: out.path, file: join(out.path, 'report.html') };
}
