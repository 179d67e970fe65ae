export interface NewProject {
  name: string;
  /** The address of what is tested; null where the project's own app is, which is started for the run. */
  target: string | null;
  /** What installs what the app needs; null where nothing does. */
  setup: string | null;
  /** The path of the first test, relative to the root. */
  test: string;
}

/** What is tested where nobody says: not port 3000, which is Marteau's own. */
export const USUAL_TARGET = 'http://127.0.0.1:8080';

/** The two files that make a project one that Marteau can run, by their paths relative to its root. */
export function projectFiles(project: NewProject): Record<string, string> {
  return { '.marteau.yml': marteauYml(project), [project.test]: homeTest(project) };
}

function marteauYml({ name, target, setup, test }: NewProject): string {
  const app = `# The app is started for the run, as package.json says, on the port in $PORT.
app:${setup === null ? '' : `\n  setup: ${setup}`}
  command: npm start
  ready: /`;
  return `# What Marteau runs. \`marteau check\` says what it amounts to, or every mistake.
name: ${JSON.stringify(name)}
script: ${test}
${target === null ? app : `target: ${JSON.stringify(target)}`}
# What TLS agrees on, as browsers do: HTTP/2 where the target speaks it.
http: auto
cycles: 2:5:10
duration: 10s
thresholds: [p95 < 500ms, errors < 1%]
`;
}

function homeTest({ target, test }: NewProject): string {
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';

// A plain unit test: \`node --test ${test}\` runs it once, \`marteau run\` runs it as load.
const target = process.env.MARTEAU_TARGET ?? ${JSON.stringify(target ?? USUAL_TARGET)};

test('home', async () => {
  const answer = await fetch(target);
  assert.equal(answer.status, 200);
  assert.ok((await answer.text()).length > 0, 'the page is not empty');
});
`;
}
