/** Where a value stands in a file: ['load', 0, 'for']. */
export type Path = readonly (string | number)[];

/** A path as messages write it: 'load[0].for', 'env["A.B"]'. */
export function pathText(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (!/^[\w-]+$/.test(part)) text += `[${JSON.stringify(part.slice(0, 60))}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}
