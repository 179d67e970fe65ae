import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Meters } from './meters.ts';

test('counters, histograms and gauges in Prometheus’ text', async () => {
  const meters = new Meters();
  const errors = meters.counter('x_errors_total', 'Errors,\nby code');
  const times = meters.histogram('x_seconds', 'Times', [0.1, 1]);
  meters.gauges(async () => [
    { name: 'x_up', help: 'Up', samples: [{ value: 1, labels: { who: 'a"b\\c\nd' } }] },
  ]);
  errors.add({ code: 'a' });
  errors.add({ code: 'a' }, 2);
  for (const value of [0.1, 0.5, 7]) times.observe(value, { job: 'j' });
  assert.equal(
    await meters.text(),
    `# HELP x_errors_total Errors,\\nby code
# TYPE x_errors_total counter
x_errors_total{code="a"} 3
# HELP x_seconds Times
# TYPE x_seconds histogram
x_seconds_bucket{job="j",le="0.1"} 1
x_seconds_bucket{job="j",le="1"} 2
x_seconds_bucket{job="j",le="+Inf"} 3
x_seconds_sum{job="j"} 7.6
x_seconds_count{job="j"} 3
# HELP x_up Up
# TYPE x_up gauge
x_up{who="a\\"b\\\\c\\nd"} 1
`,
  );
});

test('gauges that cannot be read are missing, and the others are told', async () => {
  const meters = new Meters();
  meters.gauges(() => Promise.reject(new Error('away')));
  meters.counter('x_total', 'X').add();
  assert.equal(await meters.text(), '# HELP x_total X\n# TYPE x_total counter\nx_total 1\n');
});

test('labels without end fill no memory', async () => {
  const meters = new Meters();
  const counter = meters.counter('x_total', 'X');
  for (let i = 0; i < 2000; i++) counter.add({ code: `c${i}` });
  const lines = (await meters.text()).trim().split('\n').slice(2);
  assert.equal(lines.length, 501);
  assert.ok(lines.includes('x_total{code="other"} 1500'));
});
