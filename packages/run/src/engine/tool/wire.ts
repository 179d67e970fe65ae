import { join } from 'node:path';
import { GeneratorHealth } from '@marteau/load';
import type { Measurements } from '@marteau/measure';
import {
  javaOptions,
  javaStore,
  proxyEnvironment,
  startWireProcess,
  type WireAnswer,
  type WireProcess,
} from '@marteau/replay';
import { countOf, MarteauError } from '@marteau/shared';
import { type Hear, type Reading, wireTeller } from '@marteau/tools';
import type { EngineShare, Running } from '../engine.ts';
import { idleSecond } from './idle-second.ts';
import { writeInside } from './inside.ts';

const ASK_EVERY_MS = 200;
/** Seconds that are looked at together, as for our own threads. */
const GATE_S = 10;

/** A command whose requests are measured by a proxy of ours before the target. */
export class MeasuredWire implements AsyncDisposable {
  /** With what the command finds the proxy. */
  readonly env: Readonly<Record<string, string>>;
  readonly #process: WireProcess;
  readonly #kept: AsyncDisposable;
  readonly #isOpen: boolean;
  readonly #health = new GeneratorHealth(1, GATE_S);
  #tunnels: WireAnswer['tunnels'] = {};
  /** Of the second that is on its way. */
  #busy = { second: -1, cpu: 0, loopDelay: 0, answers: 0 };

  constructor({ process, env, isOpen, kept }: Started) {
    this.#process = process;
    this.env = env;
    this.#isOpen = isOpen;
    this.#kept = kept;
  }

  /** @throws MarteauError tool-load where nothing says what is measured, replay-*; the signal's reason */
  static async start(share: EngineShare, running: Running): Promise<MeasuredWire> {
    const { signal } = running;
    const { file, target, run, rates } = share;
    const isForward = file.runner.way === 'forward';
    if (target === null && !isForward)
      throw new MarteauError('tool-load', {
        detail:
          'The requests of the command are to be measured at the wire, and nothing says of what: write target: https://… into .marteau.yml, or way: forward.',
      });
    await using stack = new AsyncDisposableStack();
    const between = running.openBetween ? stack.use(await running.openBetween()) : null;
    const { launch } = between ?? running;
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
    stack.use(process);
    const { url } = process.begun;
    await between?.close(new URL(url).host);
    const env = isForward ? await throughProxy(process.begun, share.out, running) : targetBy(url, target!);
    return new MeasuredWire({ process, env, isOpen: isForward && between === null, kept: stack.move() });
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
    const past = this.#isOpen
      ? [
          'What the command asked past the proxy (HTTP_PROXY, HTTPS_PROXY) is in no figure: nothing kept it from that here.',
        ]
      : [];
    const tunnels = Object.entries(this.#tunnels).map(
      ([place, count]) =>
        `${countOf(count, 'connection')} to ${place} ${count === 1 ? 'was' : 'were'} of a client that does not trust this run’s authority (SSL_CERT_FILE, NODE_EXTRA_CA_CERTS, REQUESTS_CA_BUNDLE): counted as tunnels, and nothing inside is measured.`,
    );
    return [...past, ...tunnels];
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
    await this.#kept[Symbol.asyncDispose]();
  }
}

interface Started {
  readonly process: WireProcess;
  readonly env: Readonly<Record<string, string>>;
  /** Whether the command can go past the proxy by a way of its own. */
  readonly isOpen: boolean;
  readonly kept: AsyncDisposable;
}

/** With what a command finds a target at the proxy. */
function targetBy(proxy: string, target: string): Record<string, string> {
  const { pathname, search } = new URL(target);
  return { MARTEAU_TARGET: `${proxy}${pathname === '/' ? '' : pathname}${search}` };
}

/**
 * With what a command sends all that it asks through the proxy, and trusts it by HTTPS: the certificates are files where
 * it finds them.
 */
async function throughProxy(
  { url, trust }: WireProcess['begun'],
  out: string,
  running: Running,
): Promise<Record<string, string>> {
  const files = { cert: 'authority.pem', bundle: 'authorities.pem', store: 'authority.jks' };
  const [cert, bundle, store] = Object.values(files).map((name) => join(out, name)) as [
    string,
    string,
    string,
  ];
  await writeInside(cert, trust!.cert, running);
  await writeInside(bundle, trust!.bundle, running);
  await writeInside(store, javaStore([trust!.cert]), running);
  return { ...proxyEnvironment(url, { cert, bundle }), JAVA_TOOL_OPTIONS: javaOptions(url, store) };
}
