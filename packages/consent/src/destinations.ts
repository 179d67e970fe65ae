import type { ResolvedFile } from '@marteau/file';
import { parseHostAndPort } from '@marteau/net';

/**
 * Where a run of a file goes, as `host:port`: its targets, what stands behind its proxies and recordings, and what its
 * `network` asks for. What the run itself listens on is not among them.
 */
export function destinationsOf(file: ResolvedFile): string[] {
  const { targets, network, proxies, fixtures, recordings } = file;
  const urls = [
    ...targets,
    ...Object.values(recordings).flatMap(({ server }) => server ?? []),
    ...Object.values(fixtures).flatMap(({ arguments: { server } }) =>
      typeof server === 'string' ? server : [],
    ),
  ];
  const places = Object.values(proxies).flatMap(({ upstream, control }) =>
    [upstream, control].filter((at) => at !== null),
  );
  return [...new Set([...urls, ...places, ...network].flatMap((at) => destinationOf(at) ?? []))];
}

/**
 * `shop.example.com:443` of an http address or of such a place itself; null for a socket of Unix, and for what is neither:
 * whoever uses that says what is wrong with it.
 */
function destinationOf(written: string): string | null {
  const url = /^https?:/i.test(written) ? URL.parse(written) : null;
  const place = url
    ? `${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`
    : written.toLowerCase();
  return parseHostAndPort(place)?.host ? place : null;
}
