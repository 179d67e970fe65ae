import type { ResolvedFile } from '@marteau/file';

/**
 * The file with its proxies before its stand-ins: an upstream whose host is the name of a recording, `payments:443`, is
 * the stand-in's address.
 */
export function behindProxies(file: ResolvedFile, env: Readonly<Record<string, string>>): ResolvedFile {
  const proxies = Object.entries(file.proxies).map(([name, proxy]) => {
    const host = proxy.upstream?.replace(/:\d+$/, '') ?? '';
    const url = Object.hasOwn(file.recordings, host) ? env[variableOf(host)] : undefined;
    return [name, url === undefined ? proxy : { ...proxy, upstream: new URL(url).host }] as const;
  });
  return { ...file, proxies: Object.fromEntries(proxies) };
}

/** `pay-ments` is found in MARTEAU_RECORDING_PAY_MENTS. */
export function variableOf(name: string): string {
  return `MARTEAU_RECORDING_${name.toUpperCase().replace(/\W/g, '_')}`;
}
