import { type ChannelAddress, ChannelKind, kindOfAddress } from '@marteau/notify';
import { type ChannelSecrets, projectSecrets } from '@marteau/source';
import { secretsOf } from '../data/secrets-of.ts';
import type { Continuous } from './context.ts';

type Known = Pick<Continuous, 'store' | 'config'>;

const OWN = /^NOTIFY_(\w+)$/;

/** Where a channel of a project goes, or why nobody knows, as the end of a sentence. @param project its address */
export async function channelAddress(
  { store, config }: Known,
  project: string,
  name: string,
): Promise<{ address: ChannelAddress } | { why: string }> {
  const secrets = await secretsOf(store, config, project);
  const own = projectSecrets(secrets, project)[`NOTIFY_${name.toUpperCase().replace(/\W/g, '_')}`];
  const known: ChannelSecrets | undefined = own ? { url: own } : secrets.channels.get(name);
  if (!known || !URL.canParse(known.url)) {
    const why = `neither the secrets file of this server nor the project's secrets have the address of a channel ${name}`;
    return { why };
  }
  const kind = known.kind ?? kindOfAddress(known.url);
  if (!isKind(kind)) return { why: `there is no kind of channel ${kind}` };
  return { address: { url: known.url, kind, secret: known.secret } };
}

/** The names of all channels that files of a project may name. */
export async function channelNames({ store, config }: Known, project: string): Promise<string[]> {
  const secrets = await secretsOf(store, config, project);
  const own = Object.keys(projectSecrets(secrets, project)).flatMap((name) => {
    const [, channel] = OWN.exec(name) ?? [];
    return channel ? [channel.toLowerCase()] : [];
  });
  return [...new Set([...own, ...secrets.channels.keys()])].toSorted();
}

function isKind(kind: string): kind is ChannelKind {
  return (ChannelKind.enum as readonly string[]).includes(kind);
}
