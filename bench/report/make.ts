// A process of its own: reads what the shares kept, makes results and page of it, and says what that took.
// node bench/report/make.ts FOLDER SHARES
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Measurements } from '@marteau/measure';
import { buildResults, mergeMeasurements, renderReport } from '@marteau/report';
import { aRun } from '@marteau/testkit/a-run';

/** What one making of a report took. */
export interface Made {
  readonly seconds: number;
  /** Of all its threads: what others do on the machine meanwhile is no part of it. */
  readonly processorSeconds: number;
  readonly peakMb: number;
  /** Before anything was read: Node.js and the modules. */
  readonly idleMb: number;
  readonly htmlBytes: number;
}

const [folder = '', shares = '1'] = process.argv.slice(2);
const idleMb = process.memoryUsage.rss() / 1e6;
const begin = performance.now();
const before = process.cpuUsage();
const list = Array.from({ length: Number(shares) }, (_, i): Measurements => {
  return JSON.parse(readFileSync(join(folder, `share-${i}.json`), 'utf8'));
});
const results = buildResults({
  run: aRun({ nodes: list.length }),
  file: null,
  plan: { steps: list[0]!.steps.map(({ plan }) => plan) },
  thresholds: [],
  measurements: mergeMeasurements(list),
});
const html = renderReport(results);
const seconds = (performance.now() - begin) / 1000;
const used = process.cpuUsage(before);
writeFileSync(join(folder, 'report.html'), html);
const made: Made = {
  seconds,
  processorSeconds: (used.user + used.system) / 1e6,
  peakMb: (process.resourceUsage().maxRSS * 1024) / 1e6,
  idleMb,
  htmlBytes: Buffer.byteLength(html),
};
process.stdout.write(JSON.stringify(made));
