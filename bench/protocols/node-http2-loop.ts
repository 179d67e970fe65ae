import assert from 'node:assert/strict';
import { type ClientHttp2Session, connect } from 'node:http2';

const [url = '', connections = '10', atOnce = '10'] = process.argv.slice(2);
const { origin, pathname } = new URL(url);

function ask(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': pathname });
    let status: number | undefined;
    stream.on('response', (headers) => {
      status = headers[':status'];
    });
    // As Marteau's script, which does not look at the body either.
    stream.resume();
    stream.on('end', () => {
      assert.equal(status, 200);
      resolve();
    });
    stream.on('error', reject);
  });
}

async function loop(): Promise<never> {
  const session = connect(origin);
  for (;;) await Promise.all(Array.from({ length: Number(atOnce) }, () => ask(session)));
}

await Promise.all(Array.from({ length: Number(connections) }, loop));
