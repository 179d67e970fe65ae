import type { Merged } from '../merge/merged.ts';

/** Who answered at the target, for the list of what stood around a run; what was not seen is left out. */
export function peerFacts({ peer: { addresses, servers, tls } }: Merged): Record<string, string> {
  const facts = { 'Target address': addresses, 'Target server': servers, 'Target TLS': tls };
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, values]) => (values.length > 0 ? [[name, values.join('; ')]] : [])),
  );
}
