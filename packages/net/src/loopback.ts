import { isIP } from 'node:net';
import { addressKind } from './address-kind.ts';

/** Whether only this machine can be meant by a name or an address, IPv6 with or without its brackets. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (isIP(name) !== 0) return addressKind(name) === 'a loopback address';
  return name === 'localhost' || name.endsWith('.localhost');
}
