import { MarteauError } from '@marteau/shared';

/** What the end of npm's output says about why it failed. */
export function npmFailure(output: string, how: string): MarteauError {
  const code = /^npm (?:error|ERR!) code (\S+)/m.exec(output)?.[1] ?? '';
  const lines = [...output.matchAll(/^npm (?:error|ERR!) (?!code )(.+)$/gm)].map(([, line]) => line ?? '');
  if (code === 'E404' || code === 'ETARGET' || code === 'EINVALIDTAGNAME' || code === 'EINVALIDPACKAGENAME') {
    const name = unknownPackage(output);
    if (name) return new MarteauError('npm-package-unknown', { package: name });
  }
  if (unreachable.has(code)) return new MarteauError('npm-unreachable', { detail: code });
  if (code === 'EUSAGE' && /in sync|package-lock\.json/.test(output))
    return new MarteauError('npm-lock-outdated', {});
  const said = lines.find((line) => !/complete log of this run|^\d+ /.test(line));
  return new MarteauError('npm-failed', { detail: said ? `npm said "${said.slice(0, 200)}"` : how });
}

const unreachable = new Set([
  'ENOTFOUND',
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ERR_SOCKET_TIMEOUT',
  'FETCH_ERROR',
  'E502',
  'E503',
  'E504',
]);

/** `'nosuchpkg@*' is not in this registry`, `No matching version found for left-pad@99.` */
function unknownPackage(output: string): string | undefined {
  const found =
    /'([^'\s]+)' (?:is not in|could not be found)/.exec(output)?.[1] ??
    /No matching version found for (\S+?)\.?(?:\s|$)/.exec(output)?.[1] ??
    /Invalid (?:package|tag) name "([^"]+)"/.exec(output)?.[1];
  return found?.replace(/@\*$/, '');
}
