import type { ResolvedFile } from '@marteau/file';
import { wrong } from '../wrong.ts';
import type { PlannedFault } from './faults.ts';

/** A proxy that a file of 2012 names, and what it is to do for the whole run. */
export interface VaurienFault {
  readonly name: string;
  /** Its control API. */
  readonly server: string;
  readonly fault: PlannedFault;
}

/**
 * What the `fixtures` of 2012 say of Vaurien proxies.
 * @param length of the load, ms
 * @throws chaos-wrong for classes that are not Vaurien's, and for missing arguments
 */
export function vaurienFaults(fixtures: ResolvedFile['fixtures'], length: number): VaurienFault[] {
  return Object.entries(fixtures).map(([name, { class: written, arguments: given }]) => {
    const at = `fixtures.${name} of .marteau.yml`;
    if (!/vaurien/i.test(written))
      throw wrong(
        `${at} has the class '${written}'; only Vaurien's is known. Start other things with before: or app:.`,
      );
    const { server = given.proxy, behavior, name: _name, ...options } = given;
    if (typeof server !== 'string' || typeof behavior !== 'string')
      throw wrong(`${at} needs arguments: {server: "http://127.0.0.1:8080", behavior: delay}.`);
    const window = {
      proxy: name,
      behavior,
      detail: Object.entries(options)
        .map(([option, value]) => `${option} ${value}`)
        .join(', '),
      begin: 0,
      end: length,
      lasting: true,
      recoverWithin: null,
      errors: null,
    };
    return { name, server, fault: { window, setting: { name, behavior, options } } };
  });
}
