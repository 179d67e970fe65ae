export interface TestS3 extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  endpoint: string;
  /** The only bucket there is. */
  bucket: string;
  /** The variables with which it lets one in. */
  env: { AWS_ACCESS_KEY_ID: string; AWS_SECRET_ACCESS_KEY: string };
}

/** A server of the S3 protocol in this process, with one empty bucket. */
export async function startS3Server(): Promise<TestS3> {
  // Loaded where it is used: it takes a second, and most tests have no bucket.
  const { startFauxqs } = await import('fauxqs');
  const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  server.createBucket('load-tests');
  return {
    endpoint: `http://127.0.0.1:${server.port}`,
    bucket: 'load-tests',
    env: { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
