import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { stripTypeScriptTypes } from 'node:module';
import { test } from 'node:test';
import { readHar } from '../har/read-har.ts';
import { convertToTest } from './convert.ts';

const options = { name: "O'Neill's \\ visit", dataFile: "o'data.json", target: null };

function scriptOf(...entries: [request: object, response?: object][]): string {
  const har = entries.map(([request, response], i) => ({
    startedDateTime: new Date(1e12 + i).toISOString(),
    request: { method: 'GET', ...request },
    response: { status: 200, ...response },
  }));
  const tape = readHar(Buffer.from(JSON.stringify({ log: { entries: har } })), 'a.har');
  return convertToTest([tape], options).script;
}

/** Whether Node takes it, and nothing in it is run that a recording has smuggled in. */
function assertHarmless(script: string): void {
  const code = stripTypeScriptTypes(script);
  const { status, stderr } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], {
    input: code,
  });
  assert.equal(status, 0, `${stderr}\n${script}`);
  const strings = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;
  assert.doesNotMatch(script.replace(strings, "''"), /evil/);
}

test('nothing that a recording holds becomes code of the test', () => {
  const attack = "'+evil()+'";
  const inTemplate = ['`$', '{evil()}'].join('');
  assert.throws(() => scriptOf([{ url: 'http://a.test/', method: `GET${attack}` }]), /is no method/);
  assertHarmless(
    scriptOf(
      [{ url: `http://a${attack}.test/` }, { content: { text: `<title>${attack}\\</title>` } }],
      [{ url: `http://a${attack}.test/\`\${evil()}/${attack}?\`\${evil()}=${attack}` }],
      [
        {
          url: `http://a${attack}.test/x`,
          method: 'POST',
          headers: [{ name: "x-'evil'", value: inTemplate }],
          postData: {
            mimeType: 'application/json',
            text: JSON.stringify({ [attack]: attack, '"]:evil()': `\u2028${inTemplate}\`` }),
          },
        },
      ],
      [
        {
          url: `http://a${attack}.test/form`,
          method: 'POST',
          headers: [{ name: 'content-type', value: 'application/x-www-form-urlencoded' }],
          postData: { mimeType: 'application/x-www-form-urlencoded', text: `a=${inTemplate}&user=b` },
        },
      ],
    ),
  );
});

test('a value that is called like what the test uses itself gets another name', () => {
  const id = 'carried-over-0123456789';
  for (const name of ['assert', 'sleep', 'process', 'fetch', 'class', 'users']) {
    const script = scriptOf(
      [{ url: 'http://a.test/' }, { content: { text: JSON.stringify({ [name]: id }) } }],
      [{ url: `http://a.test/next?of=${id}` }],
    );
    assert.match(script, new RegExp(`let (${name}2|${name}Value) = '';`));
    assertHarmless(script);
  }
});

test('__proto__ in a body stays a key', () => {
  const text = '{"__proto__":{"a":1}}';
  const script = scriptOf([
    {
      url: 'http://a.test/',
      method: 'POST',
      headers: [{ name: 'content-type', value: 'application/json' }],
      postData: { mimeType: 'application/json', text },
    },
  ]);
  const [, literal = ''] = /JSON\.stringify\((.*)\) \}\)\)/.exec(script) ?? [];
  assert.equal(
    spawnSync(process.execPath, ['-p', `JSON.stringify(${literal})`])
      .stdout.toString()
      .trim(),
    text,
  );
});
