import type { Tally } from '../outputs/tally.ts';

/**
 * Follows what a Marteau proxy elsewhere tells of its hits. Where nothing can be heard (Toxiproxy tells nothing), the
 * report has no numbers of hits, and nothing else is missing.
 */
export function watchFaults(
  url: string,
  token: string | undefined,
  signal: AbortSignal,
  onFaults: (tallies: Tally[]) => void,
): void {
  void follow().catch(() => {});

  async function follow(): Promise<void> {
    const headers = { 'user-agent': 'marteau', ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const response = await fetch(`${url.replace(/\/$/, '')}/api/v1/faults`, { headers, signal });
    if (!response.ok || response.body === null) return;
    let rest = '';
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onFaults(JSON.parse(line) as Tally[]);
    }
  }
}
