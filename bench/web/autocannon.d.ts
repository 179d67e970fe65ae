/** The little of autocannon that is used here; it brings no types of its own. */
declare module 'autocannon' {
  interface Options {
    url: string;
    connections: number;
    /** seconds */
    duration: number;
    /** Requests per second, of all connections together. */
    overallRate?: number;
    ignoreCoordinatedOmission?: boolean;
    headers?: Record<string, string>;
  }
  interface Result {
    '2xx': number;
    non2xx: number;
    errors: number;
    /** seconds */
    duration: number;
    /** ms */
    latency: { p50: number; p99: number; p99_9: number; max: number };
  }
  // biome-ignore lint/style/noDefaultExport: it is one
  export default function autocannon(options: Options): Promise<Result>;
}
