/** Functions that a written test brings along, so that it needs nothing but Node. */
export const helpers = {
  ask: [
    '/** Asks with the cookies that came before, and keeps those that come. */',
    'async function ask(cookies: Map<string, string>, method: string, path: string, init: RequestInit = {}) {',
    '  const headers = new Headers(init.headers);',
    "  if (cookies.size > 0) headers.set('cookie', [...cookies].map((pair) => pair.join('=')).join('; '));",
    "  const response = await fetch(target + path, { ...init, method, headers, redirect: 'manual' });",
    '  for (const line of response.headers.getSetCookie()) {',
    "    const [, name = '', value = ''] = /^\\s*([^=;]+)=([^;]*)/.exec(line) ?? [];",
    "    if (value === '' || /;\\s*max-age=0/i.test(line)) cookies.delete(name);",
    '    else cookies.set(name, value);',
    '  }',
    '  return { status: response.status, headers: response.headers, text: await response.text() };',
    '}',
  ],
  between: [
    '/** What stands between two texts. */',
    'function between(text: string, before: string, after: string): string {',
    '  const start = text.indexOf(before);',
    "  assert.notEqual(start, -1, 'The answer does not have this any more: ' + before);",
    '  const from = start + before.length;',
    "  return text.slice(from, after === '' ? undefined : text.indexOf(after, from));",
    '}',
  ],
  think: [
    '/** As long as the recorded user took, more or less. */',
    'async function think(ms: number): Promise<void> {',
    '  await sleep(ms * (0.5 + Math.random()));',
    '}',
  ],
};
