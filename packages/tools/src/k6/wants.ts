const EXTENSION = /(?:from\s*|import\s*\(?\s*|require\(\s*)['"](k6\/x\/[\w./-]+)['"]/g;
const REMOTE = /(?:from\s*|import\s*\(?\s*|require\(\s*)['"](https?:\/\/[^'"\s]+)['"]/g;
const MOST = 3;

/** Extensions and modules that k6 would fetch at its start; a run's nodes need not reach the internet. */
export function wants(text: string): string | null {
  const extensions = found(EXTENSION, text);
  const remote = found(REMOTE, text);
  const sentences = [
    ...(extensions === null
      ? []
      : [
          `The script wants ${extensions}: k6 fetches no extensions here, so the k6 of the node has to be built with it (xk6).`,
        ]),
    ...(remote === null
      ? []
      : [
          `The script imports ${remote} from the network: commit a copy and import that, or allow its host by network.`,
        ]),
  ];
  return sentences.length === 0 ? null : sentences.join(' ');
}

function found(pattern: RegExp, text: string): string | null {
  const names = [...new Set([...text.matchAll(pattern)].map(([, name]) => name!.slice(0, 120)))];
  if (names.length === 0) return null;
  return names.slice(0, MOST).join(', ') + (names.length > MOST ? ` and ${names.length - MOST} more` : '');
}
