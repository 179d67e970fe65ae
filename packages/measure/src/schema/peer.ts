import { type Static, Type } from 'typebox';
import { most } from './limits.ts';

/** Who answered at the target. More than one entry: several did, or it changed while the load ran. */
export const PeerFacts = Type.Object({
  addresses: Type.Array(Type.String({ examples: ['192.0.2.7'] }), { maxItems: most.kinds }),
  servers: Type.Array(Type.String({ description: 'its Server header' }), { maxItems: most.kinds }),
  tls: Type.Array(
    Type.String({
      examples: ["TLSv1.3 TLS_AES_256_GCM_SHA384, certificate of Let's Encrypt until 2027-01-14"],
    }),
    { maxItems: most.kinds },
  ),
});
export type PeerFacts = Static<typeof PeerFacts>;

/** What several threads or nodes saw, each fact once. */
export function addPeers(parts: readonly PeerFacts[]): PeerFacts {
  const all = (name: keyof PeerFacts) =>
    [...new Set(parts.flatMap((part) => part[name]))].sort().slice(0, most.kinds);
  return { addresses: all('addresses'), servers: all('servers'), tls: all('tls') };
}
