import { parentPort } from 'node:worker_threads';
import { parseFile } from './parse.ts';

// The other end is parser-thread.ts: one input at a time, one answer for each.
parentPort?.on('message', (input: string | Uint8Array) => parentPort?.postMessage(parseFile(input)));
parentPort?.postMessage('ready');
