interface NewProject {
  name: string;
  /** The address of what is tested. */
  target: string;
  /** The path of the first test, relative to the root. */
  test: string;
}

/** The two files that make a project one that Marteau can run, by their paths relative to its root. */
export function projectFiles(project: NewProject): Record<string, string> {
  return { '.marteau.yml': marteauYml(project), [project.test]: homeTest(project.target) };
}

function marteauYml({ name, target, test }: NewProject): string {
  return `# What Marteau runs. \`marteau check\` says what it amounts to, or every mistake; docs/marteau-yml.md has all fields.
name: ${JSON.stringify(name)}
script: ${test}
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
