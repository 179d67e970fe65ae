import { parentPort, workerData } from 'node:worker_threads';
import { type Call, readNow } from './read-body.ts';

// The other end is readByThread of read-body.ts. What was handed over lost its prototype.
const { body, ...call } = workerData as Call;
parentPort?.postMessage(readNow({ ...call, body: Buffer.from(body) }));
