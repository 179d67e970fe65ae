import type { Bench } from './bench.ts';
import { grpc } from './protocols/grpc.ts';
import { http2 } from './protocols/http2.ts';
import type { Part } from './protocols/part.ts';
import { websocket } from './protocols/websocket.ts';

const parts: readonly Part[] = [http2, websocket, grpc];

/** What the protocols beside HTTP/1.1 cost the generator, against peers that do the same work in the same run. */
export const bench: Bench = {
  name: 'protocols',
  about:
    'processor time per request over HTTP/2, ten at once, against h2load, node:http2 and k6; of echoes over WebSockets against ws, and the memory of idle ones; of calls over gRPC against grpc-js',
  goals: Object.assign({}, ...parts.map(({ goals }) => goals)),
  async run(context) {
    const rows = [];
    const ratios = {};
    for (const part of parts) {
      const measured = await part.run(context);
      rows.push(...measured.rows);
      Object.assign(ratios, measured.ratios);
    }
    return { rows, ratios };
  },
  async round(context) {
    const rows = [];
    for (const part of parts) rows.push(...(await part.round(context)));
    return rows;
  },
};
