import { type Static, Type } from 'typebox';

/** What our fetch opened to send requests on. */
export const HttpConnections = Type.Object({
  http1: Type.Integer({ description: 'connections of HTTP/1.1' }),
  http2: Type.Integer({ description: 'connections of HTTP/2' }),
  streams: Type.Integer({ description: 'streams on those of HTTP/2: one for each request that was sent' }),
});
export type HttpConnections = Static<typeof HttpConnections>;

/** Those of several threads or nodes together. */
export function addConnections(parts: readonly HttpConnections[]): HttpConnections {
  const sum = (name: keyof HttpConnections) => parts.reduce((total, part) => total + part[name], 0);
  return { http1: sum('http1'), http2: sum('http2'), streams: sum('streams') };
}
