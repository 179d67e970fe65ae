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
    [usesRates(file), 'load at a rate'],
    [Object.keys(file.data).length > 0, 'data'],
    [file.stopIf.length > 0, 'stopIf'],
    [file.tls.ca !== null, 'tls.ca'],
    [Object.keys(file.monitors).length > 0, 'monitors'],
    [file.targets.length > 1, 'several targets'],
    [file.app !== null && file.nodes.count > 1, 'app together with several nodes'],
    [file.before.length > 0 && file.nodes.count > 1, 'before together with several nodes'],
  ];
  const unsupported = used.filter(([is]) => is).map(([, what]) => what);
  if (unsupported.length > 0) throw new MarteauError('not-yet', { what: unsupported.join(', ') });
}

function usesRates({ load }: EffectiveFile): boolean {
  return load.kind === 'steps' && load.lanes.some(({ steps }) => steps.some(({ rate }) => rate !== null));
}
