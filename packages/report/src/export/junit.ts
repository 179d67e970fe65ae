import { type Expectation, expectationsOf } from '../results/expectations.ts';
import type { Results } from '../schema/results.ts';
import { xml } from './xml.ts';

/**
 * JUnit XML, as CI systems show it: one case for each thing that was expected, and one for the run itself, which
 * fails when the verdict is invalid, or when the run ended in error.
 */
export function junitXml(results: Results): string {
  const { run, judgement } = results;
  const expectations = expectationsOf(results);
  const name = run.name ?? run.project;
  const seconds = results.load.recordedSeconds;
  const cases = [runCase(results), ...expectations.map((each) => expectationCase(each, name))];
  const failures = expectations.filter(({ outcome }) => outcome !== 'ok').length;
  const errors = judgement === null || judgement.verdict === 'invalid' ? 1 : 0;
  const counts = { tests: cases.length, failures, errors, skipped: 0, time: seconds };
  const suite = xml('testsuite', { name, timestamp: run.startedAt ?? run.submittedAt, ...counts }, cases);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml('testsuites', { name: 'Marteau', ...counts }, [suite])}\n`;
}

function runCase({ run, judgement, load }: Results): string {
  const attributes = {
    classname: run.name ?? run.project,
    name: 'the run can be judged',
    time: load.recordedSeconds,
  };
  const reason = judgement?.reason ?? run.reason ?? 'The run ended without a verdict.';
  if (judgement !== null && judgement.verdict !== 'invalid') return xml('testcase', attributes, []);
  return xml('testcase', attributes, [
    xml('error', { type: judgement?.verdict ?? run.ending, message: reason }, []),
  ]);
}

function expectationCase({ name, outcome, sentence }: Expectation, classname: string): string {
  const attributes = { classname, name, time: 0 };
  if (outcome === 'ok') return xml('testcase', attributes, []);
  return xml('testcase', attributes, [xml('failure', { type: outcome, message: sentence }, [])]);
}
