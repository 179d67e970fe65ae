import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import {
  hostInUrl,
  isLoopback,
  type OperatorWord,
  type OutsideSettings,
  operatorWord,
  parseHostAndPort,
} from '@marteau/net';
import { APP_OF_REPOSITORY, type DecidedBy, type TargetDecision } from '@marteau/shared';
import { type Answer, type AskOptions, askConsent, type Target } from './ask-consent.ts';
import { counted } from './counted.ts';

export interface DecideOptions extends Omit<AskOptions, 'server'> {
  readonly settings: OutsideSettings;
  /** Whether a target that the operator says nothing of has to be asked. */
  readonly isRequired: boolean;
  /** `https://marteau.example.com`; null where nobody could name it. */
  readonly server: string | null;
}

/** A place that was decided, and what was said where it was asked. */
export interface Decided {
  readonly decision: TargetDecision;
  readonly target: Target;
  readonly answer: Answer | null;
}

const FREE = { rate: null, users: null, nodes: null };

/** Of an app that the run starts itself. */
export const ownApp: TargetDecision = {
  target: APP_OF_REPOSITORY,
  by: 'app',
  why: 'The run starts its target itself.',
  ...FREE,
  unmarked: true,
};

/**
 * Decides whether a place may be loaded:
 *
 *     the operator denies it ─▶ no        it is listed in MARTEAU_TARGETS ─▶ yes
 *     this machine, by MARTEAU_ALLOW_PRIVATE ─▶ yes
 *     nobody has to be asked ─▶ yes, and says so
 *     its file, or its TXT record, names this server ─▶ yes, within what it allows        else ─▶ no
 *
 * @param place `host:port`, or an address of http
 * @throws the signal's reason
 */
export async function decide(place: string, options: DecideOptions): Promise<Decided> {
  const { settings, isRequired, server } = options;
  const { name, ...target } = readPlace(place);
  const decided = (
    by: DecidedBy,
    why: string,
    more: Partial<TargetDecision> = {},
    answer: Answer | null = null,
  ): Decided => ({
    decision: { target: name, by, why, ...FREE, unmarked: by !== 'refused' && by !== 'denied', ...more },
    target,
    answer,
  });
  switch (await wordOf(target.host, settings)) {
    case 'denied':
      return decided('denied', `The operator of this server does not allow ${target.host}.`);
    case 'listed':
      return decided('operator', `The operator of this server allows ${target.host} (MARTEAU_TARGETS).`);
    case 'permitted':
      return decided(
        'setting',
        'It is on the machine that generates the load, which this server permits (MARTEAU_ALLOW_PRIVATE).',
      );
    case 'nothing':
  }
  if (!isRequired || server === null)
    return decided('nobody', `Nobody was asked whether ${target.host} may be loaded.`);
  const answer = await askConsent(target, { ...options, server });
  if (answer.says !== 'yes') return decided('refused', answer.why, { unmarked: false }, answer);
  const { contact, ...terms } = answer.terms;
  const where =
    answer.source === 'file'
      ? `${target.origin}/.well-known/marteau.json`
      : `The TXT record of _marteau.${target.host}`;
  return decided(answer.source, `${where} names this server${limitsInWords(terms)}.`, terms, answer);
}

/** `, with at most 2000 requests/s and 500 users`; empty without limits. */
export function limitsInWords({
  rate,
  users,
  nodes,
}: Pick<TargetDecision, 'rate' | 'users' | 'nodes'>): string {
  const limits = [
    rate === null ? [] : counted(rate, 'request/s'),
    users === null ? [] : counted(users, 'user'),
    nodes === null ? [] : counted(nodes, 'node'),
  ].flat();
  return limits.length === 0 ? '' : `, with at most ${new Intl.ListFormat('en-GB').format(limits)}`;
}

/** Where a place is asked: an address of http at its own port, any other at the https of its host. */
export function readPlace(place: string): Target & { readonly name: string } {
  const url = /^https?:/i.test(place) ? URL.parse(place) : null;
  if (url) {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    return { origin: url.origin, host, name: `${hostInUrl(host)}:${port}` };
  }
  const host = parseHostAndPort(place)?.host ?? place;
  return { origin: `https://${hostInUrl(host)}`, host, name: place };
}

/** What holds for all addresses of a host; one that is denied denies it. */
async function wordOf(host: string, settings: OutsideSettings): Promise<OperatorWord> {
  const words = (await addressesOf(host)).map((address) => operatorWord(settings, address, host));
  if (words.includes('denied')) return 'denied';
  const [first = settings.targets?.hasName(host) ? 'listed' : 'nothing'] = words;
  return words.every((word) => word === first) ? first : 'nothing';
}

async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  if (isLoopback(host)) return ['127.0.0.1'];
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}
