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
    "    const [, until = ''] = /;\\s*expires=([^;]+)/i.exec(line) ?? [];",
    '    const isOver = /;\\s*max-age=(0|-)/i.test(line) || Date.parse(until) < Date.now();',
    "    if (value === '' || isOver) cookies.delete(name);",
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
  hold: [
    '/** Puts cookies where the browser had them: `a=1; b=2`. */',
    'function hold(cookies: Map<string, string>, line: string): void {',
    '  for (const pair of line.split(/;\\s*/)) {',
    "    const at = pair.indexOf('=');",
    '    if (at > 0) cookies.set(pair.slice(0, at), pair.slice(at + 1));',
    '  }',
    '}',
  ],
  asForm: [
    '/** A value as forms have it: blanks as +. */',
    'function asForm(value: string): string {',
    "  return String(new URLSearchParams([['', value]])).slice(1);",
    '}',
  ],
  inQuery: [
    '/** A value of a query in which only that is encoded which has to be. */',
    'function inQuery(value: string): string {',
    '  return encodeURI(value).replace(/[&+#]/g, encodeURIComponent);',
    '}',
  ],
};

export type HelperName = keyof typeof helpers;
