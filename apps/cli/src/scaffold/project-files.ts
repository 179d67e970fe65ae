/** The two files that make a project one that Marteau can run, by their paths relative to its root. */
export function projectFiles(name: string, target: string): Record<string, string> {
  return { '.marteau.yml': marteauYml(name, target), 'loadtest/home.test.ts': homeTest(target) };
}

function marteauYml(name: string, target: string): string {
  return `# What Marteau runs. Every field: docs/marteau-yml.md, or \`marteau check\` for the mistakes.
name: ${JSON.stringify(name)}
script: loadtest/home.test.ts
target: ${JSON.stringify(target)}
cycles: 2:5:10
duration: 10s
thresholds: [p95 < 500ms, errors < 1%]
`;
}

function homeTest(target: string): string {
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';

// A plain unit test: \`node --test loadtest/\` runs it once, \`marteau run\` runs it as load.
const target = process.env.MARTEAU_TARGET ?? ${JSON.stringify(target)};

test('home', async () => {
  const answer = await fetch(target);
  assert.equal(answer.status, 200);
  assert.ok((await answer.text()).length > 0, 'the page is not empty');
});
`;
}
