import { connect, type Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Authority, createAuthority } from '../authority/authority.ts';
import { parseServer, placeOf } from '../listen/address.ts';
import { listenForAll } from '../listen/any-port.ts';
import { readCall } from '../standin/call.ts';
import { Upstream } from '../upstream/upstream.ts';
import type { WireAnswer, WireOrder, WireSample } from './messages.ts';
import { Pace } from './pace.ts';
import { pass } from './pass.ts';
import { type Straight, StraightConnection } from './straight.ts';

/** So many sentences are kept. */
const MOST_SENTENCES = 20;
const HOST = '127.0.0.1';
/** Who waits longer is not served at the pace of the load any more, ms. */
const LONG_MS = 100;

/** A proxy that measures what passes, and changes nothing but that it marks requests. */
export interface Wire extends AsyncDisposable {
  readonly url: string;
  /** What HTTPS clients have to trust; null where only HTTP is answered. */
  readonly authority: Authority | null;
  /** What has happened since it was asked last. */
  take(): WireAnswer;
}

/** @throws replay-wrong, replay-not-listening */
export async function startWire({ server: written, marks, insecure, rates }: WireOrder): Promise<Wire> {
  const server = written === null ? null : parseServer(new URL(written).origin);
  const authority = server === null ? await createAuthority() : null;
  const upstream = new Upstream({ insecure });
  const sentences = new Set<string>();
  let samples: WireSample[] = [];
  let open = 0;
  const paces = new Map(Object.entries(rates).map(([place, perSecond]) => [place, new Pace(perSecond)]));
  let waited = new Set<string>();
  const tunnels = new Map<string, number>();
  const trusted = new Set<string>();
  const countTunnel = (place: string): void => void tunnels.set(place, (tunnels.get(place) ?? 0) + 1);
  const load = watchOwnLoad();
  const tell = (sentence: string): void => {
    if (sentences.size < MOST_SENTENCES) sentences.add(sentence);
  };
  /** A server by plain HTTP is the usual case, and has a way that costs little. */
  const straightTo = (origin: string) => {
    const place = placeOf(origin);
    const pace = paces.get(place);
    const straight: Straight = {
      origin,
      marks: Object.entries(marks),
      heads: new Map(),
      wait() {
        const wait = pace?.take() ?? 0;
        if (wait > LONG_MS) waited.add(place);
        return wait;
      },
      began() {
        open += 1;
      },
      done(sample) {
        open -= 1;
        samples.push(sample);
      },
    };
    return (socket: Socket, first: Buffer) => void new StraightConnection(socket, first, straight);
  };
  const port = await listenForAll({
    host: HOST,
    port: 0,
    authority,
    defaultHost: server?.hostname ?? 'localhost',
    onTrouble: tell,
    ...(server?.origin.startsWith('http:') && { onPlain: straightTo(server.origin) }),
    onRequest(request, response) {
      const call = readCall(request, response);
      const origin = typeof call === 'string' ? null : (server?.origin ?? call.origin);
      if (typeof call === 'string' || origin === null) {
        response.writeHead(400, { 'Content-Type': 'text/plain; charset=utf-8' });
        response.end(`${typeof call === 'string' ? call : 'This is a measuring proxy: name a server.'}\n`);
        return;
      }
      const place = placeOf(origin);
      trusted.add(place);
      const wait = paces.get(place)?.take() ?? 0;
      if (wait > LONG_MS) waited.add(place);
      open += 1;
      const passing = {
        upstream,
        origin,
        marks,
        done(sample: WireSample) {
          open -= 1;
          samples.push(server === null ? { ...sample, url: `${origin}${sample.url}` } : sample);
        },
      };
      const go = (): void => {
        if (response.destroyed)
          open -= 1; // its client went away meanwhile
        else pass(call, passing);
      };
      if (wait > 0) setTimeout(go, wait);
      else go();
    },
    // Who never trusts what we show of a host is not kept from it: what passes is counted, and not read.
    onRefusal: countTunnel,
    // Where a target has limits, nothing goes there uncounted.
    isPassedOn: (place) => !paces.has(place) && tunnels.has(place) && !trusted.has(place),
    onPassedOn(socket, head, place) {
      countTunnel(place);
      const { hostname, port } = new URL(`http://${place}`);
      const beyond = connect({ host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || 80) });
      for (const [one, other] of [
        [socket, beyond],
        [beyond, socket],
      ] as const) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
      beyond.on('connect', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        if (head.length > 0) beyond.write(head);
        socket.pipe(beyond).pipe(socket);
      });
    },
    takesUpgrade: () => false,
    onUpgrade: (_request, socket) => socket.destroy(),
  });
  return {
    url: `http://${HOST}:${port.port}`,
    authority,
    take() {
      const taken = samples;
      samples = [];
      const late = [...waited];
      waited = new Set();
      return {
        samples: taken,
        sentences: [...sentences],
        open,
        ...load.take(),
        waited: late,
        tunnels: Object.fromEntries(tunnels),
      };
    },
    async [Symbol.asyncDispose]() {
      await port.close();
      upstream.close();
      load.stop();
    },
  };
}

/** ms over which both are looked at, as of a thread of our own engine. */
const LOOK_MS = 1000;
/** ms between two looks at the clock. */
const RESOLUTION_MS = 10;

/** What this process takes of a processor, and how late its event loop is (p99, µs), in the last whole second. */
function watchOwnLoad() {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let [used, at] = [process.cpuUsage(), performance.now()];
  let last = { cpu: 0, loopDelay: 0 };
  return {
    take(): { cpu: number; loopDelay: number } {
      const ms = performance.now() - at;
      if (ms < LOOK_MS) return last;
      const { user, system } = process.cpuUsage(used);
      const late = delay.count > 0 ? delay.percentile(99) / 1000 - RESOLUTION_MS * 1000 : 0;
      last = { cpu: Math.min(1, (user + system) / 1000 / ms), loopDelay: Math.max(0, late) };
      [used, at] = [process.cpuUsage(), performance.now()];
      delay.reset();
      return last;
    },
    stop: () => delay.disable(),
  };
}
