import { GeneratorHealth } from '@marteau/load';
import type { Measurements } from '@marteau/measure';
import { proxyEnvironment, startWireProcess, type WireAnswer, type WireProcess } from '@marteau/replay';
import { countOf, MarteauError } from '@marteau/shared';
import { type Hear, type Reading, wireTeller } from '@marteau/tools';
import type { EngineShare, Running } from '../engine.ts';

import { idleSecond } from './idle-second.ts';

const ASK_EVERY_MS = 200;
/** Seconds that are looked at together, as for our own threads. */
const GATE_S = 10;

/** A command whose requests are measured by a proxy of ours before the target. */
export class MeasuredWire implements AsyncDisposable {
  readonly #process: WireProcess;
  readonly #share: EngineShare;
  readonly #health = new GeneratorHealth(1, GATE_S);
  #tunnels: WireAnswer['tunnels'] = {};
  /** Of the second that is on its way. */
  #busy = { second: -1, cpu: 0, loopDelay: 0, answers: 0 };

  constructor(process: WireProcess, share: EngineShare) {
    this.#process = process;
    this.#share = share;
  }

  /** @throws MarteauError tool-load where nothing says what is measured, replay-*; the signal's reason */
  static async start(share: EngineShare, { launch, signal }: Running): Promise<MeasuredWire> {
    const { file, target, run, rates } = share;
    const isForward = file.runner.way === 'forward';
    if (target === null && !isForward)
      throw new MarteauError('tool-load', {
        detail:
          'The requests of the command are to be measured at the wire, and nothing says of what: write target: https://… into .marteau.yml, or way: forward.',
      });
    const process = await startWireProcess({
      order: {
        server: isForward ? null : target,
        marks: file.mark ? { 'x-marteau-run': run } : {},
        insecure: !file.tls.verify,
        rates: Object.fromEntries(
          Object.entries(rates).map(([place, perSecond]) => [place, perSecond / share.share.of]),
        ),
      },
      launch,
      signal,
      onDeath: () => {}, // requests have no answer from then on
    });
    return new MeasuredWire(process, share);
  }

  /** With what the command finds the proxy. */
  get env(): Record<string, string> {
    const { url, trust } = this.#process.begun;
    const { target, file } = this.#share;
    if (file.runner.way === 'forward') return proxyEnvironment(url, trust);
    const { pathname, search } = new URL(target!);
    return { MARTEAU_TARGET: `${url}${pathname === '/' ? '' : pathname}${search}` };
  }

  /** Tells what passes from now on. @returns what ends that, once all has been told */
  listen(hear: Hear, reading: Reading): () => Promise<void> {
    const teller = wireTeller(hear, reading);
    const take = async (): Promise<void> => {
      const answer = await this.#process.take();
      const { samples, sentences } = answer;
      const now = Date.now();
      this.#watch(answer, Math.max(0, Math.floor((now - reading.startedAt) / 1000)));
      teller.tell(samples, now);
      for (const text of sentences) hear({ type: 'note', text });
    };
    let asking = Promise.resolve();
    const timer = setInterval(() => {
      asking = asking.then(take);
    }, ASK_EVERY_MS);
    return async () => {
      clearInterval(timer);
      await asking;
      await take();
      teller.end();
    };
  }

  /** Where the proxy itself was the limit, or the rate that a target allows. */
  limits(): Measurements['generator']['limits'] {
    return this.#health
      .limits()
      .map(({ code, sentence, ...kept }) =>
        code === 'consent'
          ? { code, sentence, ...kept }
          : { code: `wire-${code}`, sentence: `of Marteau’s proxy at the wire, ${sentence}`, ...kept },
      );
  }

  /** What passed without being measured. */
  notes(): string[] {
    return Object.entries(this.#tunnels).map(
      ([place, count]) =>
        `${countOf(count, 'connection')} to ${place} ${count === 1 ? 'was' : 'were'} of a client that does not trust this run’s authority (SSL_CERT_FILE, NODE_EXTRA_CA_CERTS, REQUESTS_CA_BUNDLE): counted as tunnels, and nothing inside is measured.`,
    );
  }

  /** Answers are added up by seconds: each is of some tenths. */
  #watch({ cpu, loopDelay, waited, tunnels }: WireAnswer, second: number): void {
    this.#tunnels = tunnels;
    for (const place of waited) this.#health.waitedForConsent(second, place);
    const busy = this.#busy;
    if (busy.second !== second) {
      if (busy.answers > 0)
        this.#health.add(
          0,
          { ...idleSecond, second: busy.second, cpu: busy.cpu / busy.answers, loopDelay: busy.loopDelay },
          true,
        );
      this.#busy = { second, cpu: 0, loopDelay: 0, answers: 0 };
    }
    this.#busy.cpu += cpu;
    this.#busy.answers += 1;
    this.#busy.loopDelay = Math.max(this.#busy.loopDelay, loopDelay);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}
