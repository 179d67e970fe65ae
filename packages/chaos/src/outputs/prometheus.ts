import type { ChaosProxy } from '../proxy/chaos-proxy.ts';

const quoted = (text: string) => text.replace(/[\\"\n]/g, (found) => (found === '\n' ? '\\n' : `\\${found}`));

/** What the proxies counted, in the text format of Prometheus. */
export function metrics(proxies: readonly ChaosProxy[]): string {
  const lines: string[] = [];
  const family = (name: string, type: string, help: string, samples: [labels: string, value: number][]) => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const [labels, value] of samples) lines.push(`${name}{${labels}} ${value}`);
  };
  const of = (proxy: ChaosProxy) => `proxy="${quoted(proxy.name)}"`;
  family(
    'marteau_chaos_connections_total',
    'counter',
    'Connections that were accepted.',
    proxies.map((proxy) => [of(proxy), proxy.counts.connections]),
  );
  family(
    'marteau_chaos_connections_open',
    'gauge',
    'Connections that are open.',
    proxies.map((proxy) => [of(proxy), proxy.open]),
  );
  family(
    'marteau_chaos_bytes_total',
    'counter',
    'Bytes that passed, to the backend (upstream) and to the client (downstream).',
    proxies.flatMap((proxy) => [
      [`${of(proxy)},direction="upstream"`, proxy.bytes.up],
      [`${of(proxy)},direction="downstream"`, proxy.bytes.down],
    ]),
  );
  family(
    'marteau_chaos_faults_total',
    'counter',
    'Faults that were made, by behaviour.',
    proxies.flatMap((proxy) =>
      [...proxy.counts.faults].map(([behavior, count]): [string, number] => [
        `${of(proxy)},behavior="${behavior}"`,
        count,
      ]),
    ),
  );
  return `${lines.join('\n')}\n`;
}
