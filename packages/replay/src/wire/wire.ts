import { type Authority, createAuthority } from '../authority/authority.ts';
import { parseServer } from '../listen/address.ts';
import { listenForAll } from '../listen/any-port.ts';
import { readCall } from '../standin/call.ts';
import { Upstream } from '../upstream/upstream.ts';
import type { WireAnswer, WireOrder, WireSample } from './messages.ts';
import { pass } from './pass.ts';

/** So many sentences are kept. */
const MOST_SENTENCES = 20;
const HOST = '127.0.0.1';

/** A proxy that measures what passes, and changes nothing but that it marks requests. */
export interface Wire extends AsyncDisposable {
  readonly url: string;
  /** What HTTPS clients have to trust; null where only HTTP is answered. */
  readonly authority: Authority | null;
  /** What has happened since it was asked last. */
  take(): WireAnswer;
}

/** @throws replay-wrong, replay-not-listening */
export async function startWire({ server: written, marks, insecure }: WireOrder): Promise<Wire> {
  const server = written === null ? null : parseServer(new URL(written).origin);
  const authority = server === null ? await createAuthority() : null;
  const upstream = new Upstream({ insecure });
  const sentences = new Set<string>();
  let samples: WireSample[] = [];
  let open = 0;
  const tell = (sentence: string): void => {
    if (sentences.size < MOST_SENTENCES) sentences.add(sentence);
  };
  const port = await listenForAll({
    host: HOST,
    port: 0,
    authority,
    defaultHost: server?.hostname ?? 'localhost',
    onTrouble: tell,
    onRequest(request, response) {
      const call = readCall(request, response);
      const origin = typeof call === 'string' ? null : (server?.origin ?? call.origin);
      if (typeof call === 'string' || origin === null) {
        response.writeHead(400, { 'Content-Type': 'text/plain; charset=utf-8' });
        response.end(`${typeof call === 'string' ? call : 'This is a measuring proxy: name a server.'}\n`);
        return;
      }
      open += 1;
      pass(call, {
        upstream,
        origin,
        marks,
        done(sample) {
          open -= 1;
          samples.push(server === null ? { ...sample, url: `${origin}${sample.url}` } : sample);
        },
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
      return { samples: taken, sentences: [...sentences], open };
    },
    async [Symbol.asyncDispose]() {
      await port.close();
      upstream.close();
    },
  };
}
