import { type ChaosMoment, startRunChaos } from '@marteau/chaos';
import type { ResolvedFile } from '@marteau/file';
import type { ChaosRecord } from '@marteau/measure';
import { formatDuration, spellDuration } from '@marteau/shared';
import { onThisMachine } from '../elsewhere/doors.ts';
import type { AroundPart, Fault, StartedPart } from '../part.ts';
import { behindProxies } from '../recordings/behind-proxies.ts';

/** Whether a file breaks anything. */
export function hasChaos({ proxies, fixtures }: ResolvedFile): boolean {
  return Object.keys(proxies).length > 0 || Object.keys(fixtures).length > 0;
}

/**
 * The chaos proxies of a file, in a process of their own. What starts later finds each in MARTEAU_PROXY_NAME as
 * host:port. The timeline begins with the load, and everything is healed when the load is over.
 */
export function chaosPart(file: ResolvedFile): AroundPart {
  return {
    name: 'proxies',
    async start(context): Promise<StartedPart> {
      const { env, console, phase, signal, launch, listen } = context;
      const { onFault, onCommand, priorStates, allowed } = context;
      phase.say('starting the proxies');
      const chaos = await startRunChaos({
        file: behindProxies(file, env),
        length: file.load.lengthMs,
        listen,
        launch,
        signal,
        token: env.MARTEAU_CHAOS_TOKEN,
        priorStates,
        allowed,
        onMoment(moment) {
          console.say(said(moment));
          const fault = faultOf(moment);
          if (fault !== null) onFault(fault);
        },
      });
      const proxies = Object.entries(file.proxies).map(([name, { upstream, protocol, control }]) =>
        control === null ? `${name}: ${upstream} (${protocol})` : `${name}: at ${control}`,
      );
      const doors = Object.entries(chaos.addresses).map(([name, address]) => ({
        name,
        at: onThisMachine(address),
      }));
      let begun = 0;
      let unlisten = (): void => {};
      return {
        env: Object.fromEntries(doors.map(({ name, at }) => [variableOf(name), at])),
        doors: doors.map(({ name, at }) => ({ what: `the proxy ${name}`, at })),
        facts: proxies.length > 0 ? { Proxies: proxies.join(', ') } : {},
        loadBegins(at) {
          begun = at;
          chaos.begin(at);
          unlisten = onCommand?.((command) => chaos.command(command)) ?? unlisten;
        },
        async note(measured) {
          unlisten();
          const record = await chaos.end();
          if (record === null) return measured;
          // The engine takes a moment longer to begin than to be told so.
          const late = Date.parse(measured.startedAt) - begun;
          return { ...measured, chaos: earlier(record, late) };
        },
        async stop() {
          unlisten();
          await chaos.stop();
        },
      };
    },
  };
}

/** The same by a clock that began so many ms later. */
function earlier(record: ChaosRecord, ms: number): ChaosRecord {
  return {
    ...record,
    windows: record.windows.map((one) => ({ ...one, begin: one.begin - ms, end: one.end - ms })),
    seconds: record.seconds.map((one) => ({ ...one, at: one.at - ms })),
  };
}

/** `shop-redis` is found in MARTEAU_PROXY_SHOP_REDIS. */
function variableOf(name: string): string {
  return `MARTEAU_PROXY_${name.toUpperCase().replace(/\W/g, '_')}`;
}

function said(moment: ChaosMoment): string {
  if (moment.what === 'trouble' || moment.what === 'refused') return moment.sentence;
  if (moment.what === 'all-healed') return `Everything was healed by hand: ${healedInWords(moment)}.`;
  const { proxy, behavior, detail, begin, end } = moment.fault.window;
  const what = `${proxy}: ${behavior}${detail ? ` (${detail})` : ''}`;
  return moment.what === 'broken'
    ? `${what} for ${spellDuration(end - begin)}`
    : `${what} healed, after ${moment.hits} hits`;
}

function faultOf(moment: ChaosMoment): Fault | null {
  if (moment.what === 'trouble')
    return { kind: 'trouble', title: 'A proxy failed', detail: moment.sentence, duration: 0 };
  if (moment.what === 'refused')
    return { kind: 'refused', title: 'Nothing was broken', detail: moment.sentence, duration: 0 };
  if (moment.what === 'all-healed')
    return { kind: 'healed', title: 'Everything was healed', detail: healedInWords(moment), duration: 0 };
  if (moment.what === 'healed') return null;
  const { proxy, behavior, detail, begin, end, recoverWithin } = moment.fault.window;
  const wanted =
    recoverWithin === null ? '' : `; to recover within ${formatDuration(recoverWithin)} of the heal`;
  const text = [detail, `for ${spellDuration(end - begin)}${wanted}`].filter(Boolean).join(', ');
  return { kind: 'chaos', title: `${proxy}: ${behavior}`, detail: text, duration: end - begin };
}

function healedInWords({ faults, calledOff }: Extract<ChaosMoment, { what: 'all-healed' }>): string {
  const ended = faults === 1 ? '1 fault ended' : `${faults} faults ended`;
  return calledOff === 0 ? ended : `${ended}, ${calledOff} that were to come called off`;
}
