import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeAt } from '@marteau/measure';
import { HistogramLogReader } from 'hdr-histogram-js';
import { cycles } from '../fixtures/plans.ts';
import { shop } from '../fixtures/shop.ts';
import { simulate } from '../fixtures/simulate.ts';
import { mergeMeasurements } from '../merge/merge-measurements.ts';
import { histogramLog } from './data-files.ts';

test('other tools read every label and stage of the log, with the same percentiles', () => {
  const startedAt = '2026-11-21T09:29:58.004Z';
  const odd = { ...shop[3]!, name: 'GET /a,b c\n"d" ü \ud800' };
  const labels = [...shop, odd];
  const plan = cycles([5, 10], 5);
  const merged = mergeMeasurements(simulate({ seed: 1, startedAt, plan, labels, perUser: 6, shares: 2 }));
  const reader = new HistogramLogReader(histogramLog(merged));
  for (const { kind, name, steps } of merged.labels) {
    for (const { time, step } of steps) {
      const read = reader.nextIntervalHistogram();
      assert.ok(read);
      assert.equal(read.tag, encodeURIComponent(`${kind}:${name.toWellFormed()}`));
      assert.equal(read.totalCount, time.count);
      for (const q of [0.5, 0.9, 0.99, 1])
        assert.equal(Math.min(read.getValueAtPercentile(q * 100), time.max), timeAt(time, q));
      const window = merged.steps[step]!;
      // Histograms of the log carry seconds since 1970, as the base time has it.
      assert.equal(read.startTimeStampMsec, Date.parse(startedAt) + window.begin);
      assert.equal(read.endTimeStampMsec - read.startTimeStampMsec, window.end - window.begin);
    }
  }
  assert.equal(reader.nextIntervalHistogram(), null);
});
