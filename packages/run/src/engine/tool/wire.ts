import { proxyEnvironment, startWireProcess, type WireProcess } from '@marteau/replay';
import { MarteauError } from '@marteau/shared';
import { type Hear, type Reading, wireTeller } from '@marteau/tools';
import type { EngineShare, Running } from '../engine.ts';

const ASK_EVERY_MS = 200;

/** A command whose requests are measured by a proxy of ours before the target. */
export class MeasuredWire implements AsyncDisposable {
  readonly #process: WireProcess;
  readonly #share: EngineShare;

  constructor(process: WireProcess, share: EngineShare) {
    this.#process = process;
    this.#share = share;
  }

  /** @throws MarteauError tool-load where nothing says what is measured, replay-*; the signal's reason */
  static async start(share: EngineShare, { launch, signal }: Running): Promise<MeasuredWire> {
    const { file, target, run } = share;
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
      const { samples, sentences } = await this.#process.take();
      teller.tell(samples, Date.now());
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}
