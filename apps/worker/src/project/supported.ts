import { type EffectiveFile, MarteauError } from '@marteau/shared';

/**
 * Refuses what the file may say and the worker cannot do yet, rather than leave it out and call the result a pass.
 * @throws MarteauError not-yet
 */
export function requireSupported(file: EffectiveFile): void {
  const used: [boolean, string][] = [
    [Object.keys(file.proxies).length > 0, 'proxies'],
    [file.chaos !== null, 'chaos'],
    [Object.keys(file.fixtures).length > 0, 'fixtures'],
    [Object.keys(file.recordings).length > 0, 'recordings'],
    [file.load.kind === 'find', 'find'],
    [file.app !== null && file.nodes.count > 1, 'app together with several nodes'],
    [file.before.length > 0 && file.nodes.count > 1, 'before together with several nodes'],
  ];
  const unsupported = used.filter(([is]) => is).map(([, what]) => what);
  if (unsupported.length > 0) throw new MarteauError('not-yet', { what: unsupported.join(', ') });
}
