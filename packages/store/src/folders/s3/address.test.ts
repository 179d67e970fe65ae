import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMarteauError } from '@marteau/shared';
import { parseBucketAddress } from './address.ts';

const none = { prefix: '', region: undefined, endpoint: undefined };

for (const [text, expected] of [
  ['s3://load', { ...none, bucket: 'load' }],
  ['s3://load/', { ...none, bucket: 'load' }],
  [
    's3://load/team/a?region=eu-central-1',
    { ...none, bucket: 'load', prefix: 'team/a/', region: 'eu-central-1' },
  ],
  [
    's3://load.example.com/x?endpoint=http://127.0.0.1:9000&region=',
    { ...none, bucket: 'load.example.com', prefix: 'x/', endpoint: 'http://127.0.0.1:9000' },
  ],
] as const)
  test(`${text} is understood`, () => assert.deepEqual(parseBucketAddress(text), expected));

for (const [text, why] of [
  ['https://load.example.com', /does not begin with s3:/],
  ['load', /does not begin with s3:/],
  ['', /does not begin with s3:/],
  ['s3://key:geheim@load', /it holds credentials/],
  ['s3://', /no name that a bucket can have/],
  ['s3://Load', /no name that a bucket can have/],
  ['s3://load:9000/x', /no name that a bucket can have/],
  ['s3://load/a b', /the prefix may have/],
  ['s3://load/.hidden', /the prefix may have/],
  ['s3://load?acl=public', /region and endpoint only/],
  ['s3://load?region=over there', /the region is none/],
  ['s3://load?endpoint=minio:9000', /the endpoint is no web address/],
  ['s3://load?endpoint=http://a:geheim@minio:9000', /the endpoint is no web address/],
] as const)
  test(`${text} is refused`, () => {
    assert.throws(
      () => parseBucketAddress(text),
      (error) => {
        assert.ok(isMarteauError(error, 'bad-bucket-address'));
        assert.match(error.message, why);
        assert.doesNotMatch(error.message, /geheim/);
        return true;
      },
    );
  });
