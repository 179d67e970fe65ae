import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { openS3Bed } from '../../fixtures/places.ts';
import { openFolders } from '../open-folders.ts';

const data = '/nowhere';

/** An S3 that answers everything so. */
async function answering(status: number, code: string, headers: Record<string, string> = {}) {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/xml', ...headers });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: {
      bucket: 'load',
      prefix: '',
      region: 'eu-central-1',
      endpoint: `http://127.0.0.1:${port}`,
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test('a bucket that can be used opens, and is left as it was', async () => {
  await using bed = await openS3Bed();
  const places = await openFolders(data, bed.address);
  assert.deepEqual(await places.folders.list(), []);
  for await (const { key } of bed.bucket.list('')) assert.fail(`${key} is left`);
  places.close();
});

describe('what is wrong with a bucket is said', () => {
  test('it is not there', async () => {
    await using bed = await openS3Bed();
    await assert.rejects(openFolders(data, { ...bed.address, bucket: 'gone' }), {
      code: 'bucket-missing',
      message: /There is no bucket "gone"/,
    });
  });

  for (const [status, said, code, sentence] of [
    [
      403,
      'AccessDenied',
      'bucket-forbidden',
      /refuses to let Marteau use the bucket "load" \(AccessDenied\)/,
    ],
    [403, 'SignatureDoesNotMatch', 'bucket-forbidden', /\(SignatureDoesNotMatch\)\. Check AWS_ACCESS_KEY_ID/],
    [400, 'ExpiredToken', 'bucket-forbidden', /\(ExpiredToken\)/],
    [301, 'PermanentRedirect', 'bucket-elsewhere', /is in the region us-west-2\. Set region=us-west-2/],
    [507, 'XMinioStorageFull', 'bucket-full', /"load" takes no more/],
    [503, 'SlowDown', 'bucket-unreachable', /127\.0\.0\.1:\d+ does not answer as it should \(SlowDown\)/],
  ] as const)
    test(`${status} ${said}`, async () => {
      await using s3 = await answering(status, said, { 'x-amz-bucket-region': 'us-west-2' });
      await assert.rejects(openFolders(data, s3.address), { code, message: sentence });
    });

  test('nobody answers', async () => {
    const s3 = await answering(200, '');
    await s3[Symbol.asyncDispose]();
    await assert.rejects(openFolders(data, s3.address), {
      code: 'bucket-unreachable',
      message: /ECONNREFUSED/,
    });
  });
});
