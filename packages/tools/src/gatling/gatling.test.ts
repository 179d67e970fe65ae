import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveFile } from '@marteau/file';
import { gatling } from './gatling.ts';

test('of several simulations Maven is told the one that the file names, by its class', () => {
  const runner = resolveFile({ script: 'src/test/java/shop/Buy.java', runner: 'gatling' }).file!.runner;
  for (const [script, text, name] of [
    ['src/test/java/shop/Buy.java', 'package shop;\npublic class Buy extends Simulation {}', 'shop.Buy'],
    ['src/test/java/shop/Look.java', 'package shop;\npublic class Look extends Simulation {}', 'shop.Look'],
    ['src/test/scala/Idle.scala', 'class Idle extends Simulation {}', 'Idle'],
  ] as const) {
    assert.ok(gatling.isScript(script, text));
    const share = { index: 0, of: 1 };
    const work = {
      runner,
      script,
      text,
      wdir: '/w',
      out: '/o',
      target: null,
      share,
      stage: null,
      version: '',
    };
    assert.ok(gatling.invoke(work).args.includes(`-Dgatling.simulationClass=${name}`));
  }
});
