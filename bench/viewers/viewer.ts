import { type ClientRequest, get } from 'node:http';

/** Someone with a run's page open: one connection that takes its events. */
export interface Viewer {
  /** ms from each event's own time until it was here, since the last call. */
  takeDelays(): number[];
  close(): void;
}

/** Resolves once the stream is open. */
export function openViewer(url: string): Promise<Viewer> {
  const { promise, resolve, reject } = Promise.withResolvers<Viewer>();
  let delays: number[] = [];
  const request: ClientRequest = get(url, { agent: false }, (response) => {
    if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
    response.setEncoding('latin1');
    response.on('error', () => {});
    response.on('data', (chunk: string) => {
      const now = Date.now();
      for (const [, at] of chunk.matchAll(/^data: \{"type":"console","at":(\d+)/gm))
        delays.push(now - Number(at));
    });
    resolve({
      takeDelays() {
        const taken = delays;
        delays = [];
        return taken;
      },
      close: () => void request.destroy(),
    });
  });
  request.on('error', reject);
  return promise;
}
