import assert from 'node:assert/strict';
import { Agent, request } from 'undici';

const [url = '', connections = '50'] = process.argv.slice(2);
const dispatcher = new Agent({ connections: Number(connections) });

async function loop(): Promise<never> {
  for (;;) {
    const { statusCode, body } = await request(url, { dispatcher });
    // As Marteau's script, which does not look at it either.
    await body.dump();
    assert.equal(statusCode, 200);
  }
}

await Promise.all(Array.from({ length: Number(connections) }, loop));
