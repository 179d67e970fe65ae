import type { Exchange, RecordedAnswer, RecordedRequest } from '../tape/exchange.ts';
import { quote } from './sources.ts';
import type { Writing } from './writing.ts';

/** Follows the cookies of a session as the written test keeps them, and finds those that the browser had from elsewhere. */
export class HeldCookies {
  /** Of cookies that were sent and that no answer had set: in users.json. */
  readonly held = new Set<string>();
  readonly #jar = new Map<string, string>();
  #isHiddenTold = false;

  /** Lines of code that go before a request, so that it is sent with the cookies that were recorded. */
  before(versions: readonly Exchange[], writing: Writing): string[] {
    const sent = versions.map(({ request }) => cookiesOf(request));
    const [own] = sent;
    if (own === undefined || own === null) return [];
    if (own === 'XXX') return this.#hidden(writing);
    const others = (name: string, value: string) =>
      sent.map((each) => (each instanceof Map ? (each.get(name) ?? value) : value));
    const lines = [...own].flatMap(([name, value]) => {
      if (this.#jar.get(name) === value || (value === 'XXX' && this.#jar.has(name))) return [];
      this.#jar.set(name, value);
      const values = others(name, value);
      const found = writing.values.codeFor(name, values);
      if (found === null || found.startsWith('user.')) this.held.add(name);
      return [`cookies.set(${quote(name)}, ${found ?? writing.values.ownFor(name, values)});`];
    });
    for (const name of this.#jar.keys())
      if (!own.has(name))
        writing.note('The test sends all cookies to all paths, and these were not sent to all', name);
    return lines;
  }

  /** To be told of each answer, with which cookies come and go. */
  after({ headers }: RecordedAnswer): void {
    for (const [key, line] of headers) {
      if (!/^set-cookie$/i.test(key)) continue;
      const [, name = '', value = ''] = /^\s*([^=;]+)=([^;]*)/.exec(line) ?? [];
      const [, until = ''] = /;\s*expires=([^;]+)/i.exec(line) ?? [];
      // What had expired when it was set: a tape is older than its cookies.
      const isOver = /;\s*max-age=(0|-)/i.test(line) || Date.parse(until) < LONG_AGO;
      if (value === '' || isOver) this.#jar.delete(name);
      else this.#jar.set(name, value);
    }
  }

  /** All cookies are XXX on the tape: who has none yet had them from elsewhere. */
  #hidden(writing: Writing): string[] {
    if (this.#jar.size > 0 || this.#isHiddenTold) return [];
    this.#isHiddenTold = true;
    this.held.add('cookie');
    writing.helpers.add('hold');
    return [`hold(cookies, ${writing.values.ownFor('cookie', ['XXX'])});`];
  }
}

const LONG_AGO = Date.UTC(2000);

/** Name to value; XXX where nothing is known of them; null where none were sent. */
function cookiesOf({ headers }: RecordedRequest): Map<string, string> | 'XXX' | null {
  // HTTP/2 has a header for each cookie.
  const lines = headers.filter(([name]) => name.toLowerCase() === 'cookie').map(([, value]) => value);
  if (lines.length === 0) return null;
  if (lines.every((line) => line === 'XXX')) return 'XXX';
  const pairs = lines.flatMap((line) => line.split(/;\s*/)).filter((pair) => pair.includes('='));
  return new Map(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1)]),
  );
}
