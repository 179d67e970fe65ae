import autocannon from 'autocannon';

export interface Speed {
  /** Requests per second. */
  rate: number;
  /** ms */
  p99: number;
}

/** As many requests as a server answers, by ten connections. @throws when an answer is none of 200 */
export async function requestsPerSecond(
  url: string,
  seconds: number,
  headers: Record<string, string> = {},
): Promise<Speed> {
  const result = await autocannon({ url, connections: 10, duration: seconds, headers });
  const good = result['2xx'];
  if (good === 0 || result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${good} answers, ${result.non2xx} refusals, ${result.errors} errors`);
  }
  return { rate: good / result.duration, p99: result.latency.p99 };
}
