import { anywhere, openOutside } from '@marteau/net';
import { type AskOptions, askAt, rootOf } from '../client/ask.ts';
import type { Tally } from '../outputs/tally.ts';
import { wrong } from '../wrong.ts';
import type { SteeredProxy } from './steered-proxy.ts';

interface Shown {
  name: string;
  upstream: string;
  protocol: string;
  connections: number;
  bytes: { up: number; down: number };
  faults: Record<string, number>;
}

/** Characters of what it tells at a time. */
const LONGEST_LINE = 1024 * 1024;

/** A fault ends by itself so long after whoever made it has died. */
const LEASE_MS = 10_000;

/**
 * A Marteau proxy. Its faults live by a lease, so nothing is left of them, however the run ends.
 * @param url the control server
 * @throws chaos-control-failed when it cannot be reached or has no such proxy
 */
export async function steerMarteau(url: string, name: string, who: AskOptions = {}): Promise<SteeredProxy> {
  const ask = askAt(url, who);
  const path = `/api/v1/proxies/${encodeURIComponent(name)}`;
  const { upstream, protocol } = (await ask('GET', path)) as Shown;
  const renewals = new Map<string, NodeJS.Timeout>();
  const end = (fault: string): void => {
    clearInterval(renewals.get(fault));
    renewals.delete(fault);
  };
  return {
    name,
    upstream,
    protocol,
    prior: null, // leases do it
    async break(setting) {
      // An exclusive one is one of several: whole percentages of a run have no end before its own.
      await ask('POST', `${path}/behaviors`, { ...setting, lease: LEASE_MS });
      const renew = () =>
        void ask('PATCH', `${path}/behaviors/${setting.name}`, { lease: LEASE_MS }).catch(() => {}); // the next one may get through
      renewals.set(setting.name, setInterval(renew, LEASE_MS / 4).unref());
    },
    async heal({ name: fault }) {
      end(fault);
      await ask('DELETE', `${path}/behaviors/${fault}`);
    },
    async restore() {
      await Promise.all(
        [...renewals.keys()].map(async (fault) => {
          end(fault);
          await ask('DELETE', `${path}/behaviors/${fault}`);
        }),
      );
    },
    async passed() {
      const { bytes, connections, faults } = (await ask('GET', path)) as Shown;
      return bytes.up + bytes.down + connections + Object.values(faults).reduce((a, b) => a + b, 0);
    },
  };
}

/** Which control server answers at an address. @throws chaos-control-failed, chaos-wrong */
export async function controlKind(url: string, who: AskOptions): Promise<'marteau' | 'toxiproxy'> {
  const ask = askAt(url, who);
  try {
    await ask('GET', '/api/v1/protocols');
    return 'marteau';
  } catch {
    const version = (await ask('GET', '/version')) as { version?: string } | null;
    if (version?.version !== undefined) return 'toxiproxy';
    throw wrong(`${url} is neither a Marteau proxy nor a Toxiproxy. Give the address of its control server.`);
  }
}

/**
 * Follows what a Marteau proxy elsewhere tells of its hits. Where nothing can be heard (Toxiproxy tells nothing), the
 * report has no numbers of hits, and nothing else is missing.
 */
export function watchFaults(
  url: string,
  { token, allowed = anywhere }: AskOptions,
  signal: AbortSignal,
  onFaults: (tallies: Tally[]) => void,
): void {
  void follow().catch(() => {});

  async function follow(): Promise<void> {
    const headers = { 'user-agent': 'marteau', ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const { status, body } = await openOutside(`${rootOf(url)}/api/v1/faults`, { headers, signal, allowed });
    if (status !== 200) return void body.destroy();
    let rest = '';
    for await (const text of body.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST_LINE) return;
      for (const line of lines) onFaults(JSON.parse(line) as Tally[]);
    }
  }
}
