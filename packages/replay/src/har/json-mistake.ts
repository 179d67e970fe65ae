const TOKENS =
  /[\s]*(?:([{}[\],:])|("[^"\\\0-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\0-\x1f]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

/** Where JSON stops being JSON: JSON.parse no longer tells. The text's length for one that just ends too early. */
export function jsonMistakeAt(text: string): number {
  const open: string[] = [];
  let wanted: 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' = 'value';
  TOKENS.lastIndex = 0;
  for (;;) {
    const before = TOKENS.lastIndex;
    const [whole, sign, scalar] = TOKENS.exec(text) ?? [];
    const at = before + (/^\s*/.exec(text.slice(before, before + 10_000))?.[0].length ?? 0);
    if (whole === undefined) return at;
    const isKey: boolean = wanted.startsWith('key');
    if (scalar !== undefined) {
      if (isKey ? scalar[0] !== '"' : !wanted.startsWith('value')) return at;
      wanted = isKey ? 'colon' : 'comma or end';
    } else if (sign === '{' || sign === '[') {
      if (!wanted.startsWith('value')) return at;
      open.push(sign);
      wanted = sign === '{' ? 'key or end' : 'value or end';
    } else if (sign === ':') {
      if (wanted !== 'colon') return at;
      wanted = 'value';
    } else if (sign === ',') {
      if (wanted !== 'comma or end' || open.length === 0) return at;
      wanted = open.at(-1) === '{' ? 'key' : 'value';
    } else {
      if (!wanted.endsWith('or end') || open.pop() !== (sign === '}' ? '{' : '[')) return at;
      wanted = 'comma or end';
    }
  }
}
