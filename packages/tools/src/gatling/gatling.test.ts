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
      beside: ['pom.xml'],
      out: '/o',
      target: null,
      share,
      stage: null,
      version: '',
    };
    assert.ok(gatling.invoke(work).args.includes(`-Dgatling.simulationClass=${name}`));
  }
});

test('a project is run by what it is built with, and its log is looked for where that puts it', () => {
  const runner = resolveFile({ script: 'S.java', runner: 'gatling' }).file!.runner;
  const text = 'package a;\nclass B extends Simulation {}';
  const [stage] = resolveFile({ script: 'S.java', runner: 'gatling', cycles: 5, duration: '10s' }).file!.load
    .plan.steps;
  for (const [script, beside, start, folder] of [
    ['a/B.java', ['pom.xml'], 'mvn -B gatling:test -Dgatling.simulationClass=a.B', '/o/gatling'],
    ['a/B.scala', ['build.sbt'], 'sbt -batch -Dsbt.supershell=false -Dusers=5', '/w/target/gatling'],
    [
      'a/B.kt',
      ['build.gradle.kts'],
      'gradle --no-daemon --console=plain gatlingRun --simulation a.B',
      '/w/build/reports/gatling',
    ],
    ['a/B.java', ['build.gradle', 'gradlew'], './gradlew --no-daemon', '/w/build/reports/gatling'],
    [
      'src/shop.gatling.ts',
      ['package.json'],
      'gatling run --non-interactive --simulation shop',
      '/o/gatling',
    ],
  ] as const) {
    const work = {
      runner,
      script,
      text,
      wdir: '/w',
      beside,
      out: '/o',
      target: 'http://t',
      share: { index: 0, of: 1 },
      stage: stage!,
      version: '',
    };
    const { file, args, env, output } = gatling.invoke(work);
    assert.ok([file, ...args].join(' ').startsWith(start), [file, ...args].join(' '));
    assert.equal(output?.file, folder);
    assert.equal(gatling.programOf!(script, beside).file, file);
    assert.match(env!.JAVA_TOOL_OPTIONS!, /-Dusers=5 -Dduration=11 .*-Dgatling\.http\.warmUpUrl= /);
    assert.equal(env!.MARTEAU_USERS, '5');
  }
});

test('JavaScript wants a bundle that is not fetched, and reads its parameters', () => {
  const text = `import { simulation, getParameter } from "@gatling.io/core";
export default simulation((setUp) => getParameter("users") + getParameter("duration"));`;
  assert.ok(gatling.isScript('src/shop.gatling.js', text));
  assert.match(
    gatling.wants!(text)!,
    /bundle from github\.com, which is not fetched: write setup: npx gatling install/,
  );
  const [stage] = resolveFile({ script: 'S.java', runner: 'gatling', cycles: 5, duration: '10s' }).file!.load
    .plan.steps;
  assert.equal(gatling.refuses(stage!, text), null);
});
