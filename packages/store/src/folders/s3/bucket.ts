import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Content } from '../atomic-write.ts';
import type { BucketAddress } from './address.ts';
import { bucketError, isBehindTheEnd, isMissingObject } from './bucket-error.ts';

export interface StoredObject {
  /** Without the address's prefix. */
  key: string;
  /** bytes */
  size: number;
  modifiedAt: Date;
}

export interface OpenObject extends StoredObject {
  stream: Readable;
}

/** The part of S3 that folders and trees need. Keys are below the address's prefix; errors are the catalogue's. */
export interface Bucket {
  /** All or nothing: readers see the old object or the new one. `seen` gets every chunk. @returns bytes */
  put(key: string, content: Content, seen?: (chunk: Uint8Array) => void): Promise<number>;
  /** Null when there is none. `size` is the whole object's; a range has both ends included. */
  get(key: string, range?: { start: number; end?: number }): Promise<OpenObject | null>;
  head(key: string): Promise<StoredObject | null>;
  /** All objects whose keys begin so, in the order of their keys. */
  list(prefix: string): AsyncGenerator<StoredObject>;
  /** The names directly below a prefix that end in a slash, without it. */
  folders(prefix: string): Promise<string[]>;
  /** Within the bucket; onto itself, it makes the object as new. */
  copy(from: string, to: string): Promise<void>;
  /** Quiet for what is not there. */
  remove(keys: readonly string[]): Promise<void>;
  close(): void;
}

const REMOVED_AT_ONCE = 16;
const ATTEMPTS = 4;
const CONNECT_MS = 3000;
/** Without a byte. */
const STILL_MS = 30_000;

/** Credentials come from where Amazon's tools look: the AWS_* variables, a profile, the machine's role. */
export function openBucket(address: BucketAddress): Bucket {
  const { bucket: Bucket, prefix, endpoint } = address;
  const client = new S3Client({
    ...(address.region && { region: address.region }),
    // Other S3s have no regions and no buckets as host names, and do not all know Amazon's newer checksums.
    ...(endpoint && {
      endpoint,
      forcePathStyle: true,
      region: address.region ?? 'us-east-1',
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    }),
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: STILL_MS },
  });

  const asked = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw bucketError(error, address);
    }
  };
  /** Null for an object that is not there. */
  const askedFor = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      if (isMissingObject(error)) return null;
      throw bucketError(error, address);
    }
  };
  const at = (key: string) => ({ Bucket, Key: prefix + key });

  const head: Bucket['head'] = (key) =>
    askedFor(async () => {
      const { ContentLength = 0, LastModified = new Date(0) } = await client.send(
        new HeadObjectCommand(at(key)),
      );
      return { key, size: ContentLength, modifiedAt: LastModified };
    });

  async function* pages(below: string, delimiter?: string) {
    for (let token: string | undefined; ; ) {
      const page = await asked(() =>
        client.send(
          new ListObjectsV2Command({
            Bucket,
            Prefix: prefix + below,
            ...(delimiter && { Delimiter: delimiter }),
            ...(token && { ContinuationToken: token }),
          }),
        ),
      );
      yield page;
      token = page.NextContinuationToken;
      if (!page.IsTruncated || !token) return;
    }
  }

  return {
    async put(key, content, seen) {
      const source = new Source(content, seen);
      const upload = new Upload({ client, params: { ...at(key), Body: source.body } });
      try {
        await upload.done();
        return source.size;
      } catch (error) {
        throw source.failure ?? bucketError(error, address);
      }
    },
    async get(key, range) {
      try {
        const answer = await client.send(
          new GetObjectCommand({
            ...at(key),
            ...(range && { Range: `bytes=${range.start}-${range.end ?? ''}` }),
          }),
        );
        const whole = /\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1];
        return {
          key,
          size: whole === undefined ? (answer.ContentLength ?? 0) : Number(whole),
          modifiedAt: answer.LastModified ?? new Date(0),
          stream: answer.Body as Readable,
        };
      } catch (error) {
        if (isMissingObject(error)) return null;
        if (!isBehindTheEnd(error)) throw bucketError(error, address);
        const found = await head(key);
        return found && { ...found, stream: Readable.from([]) };
      }
    },
    head,
    async *list(below) {
      for await (const { Contents = [] } of pages(below))
        for (const { Key = '', Size = 0, LastModified = new Date(0) } of Contents)
          yield { key: Key.slice(prefix.length), size: Size, modifiedAt: LastModified };
    },
    async folders(below) {
      const names: string[] = [];
      for await (const { CommonPrefixes = [] } of pages(below, '/'))
        for (const { Prefix = '' } of CommonPrefixes)
          names.push(Prefix.slice(prefix.length + below.length, -1));
      return names;
    },
    async copy(from, to) {
      const CopySource = `${Bucket}/${encodeURI(prefix + from)}`;
      await asked(() =>
        client.send(new CopyObjectCommand({ ...at(to), CopySource, MetadataDirective: 'REPLACE' })),
      );
    },
    async remove(keys) {
      for (let n = 0; n < keys.length; n += REMOVED_AT_ONCE)
        await asked(() =>
          Promise.all(
            keys.slice(n, n + REMOVED_AT_ONCE).map((key) => client.send(new DeleteObjectCommand(at(key)))),
          ),
        );
    },
    close: () => client.destroy(),
  };
}

/** What is sent, counted; and the error of who makes it, which is not the bucket's. */
class Source {
  size = 0;
  failure: unknown;
  readonly body: Readable | Uint8Array;

  constructor(content: Content, seen: (chunk: Uint8Array) => void = () => {}) {
    const count = (chunk: Uint8Array): Uint8Array => {
      seen(chunk);
      this.size += chunk.byteLength;
      return chunk;
    };
    if (!(content instanceof Readable)) {
      this.body = count(Buffer.from(content as Uint8Array));
      return;
    }
    const note = (error: unknown): void => {
      this.failure = error;
    };
    async function* counted() {
      try {
        for await (const chunk of content as Readable)
          yield count(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
      } catch (error) {
        note(error);
        throw error;
      }
    }
    this.body = Readable.from(counted(), { objectMode: false });
  }
}
