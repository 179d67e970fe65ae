import { Session } from 'node:inspector';
import type { Worker } from 'node:worker_threads';
import { RUNNING_TEST } from '../script/scope.ts';
import { Sources } from '../script/stack.ts';

interface CallFrame {
  readonly callFrameId: string;
  readonly location: {
    readonly scriptId: string;
    readonly lineNumber: number;
    readonly columnNumber?: number;
  };
}

interface Reply {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly callFrames: readonly CallFrame[];
    readonly scriptId: string;
    readonly url: string;
  };
  readonly result?: { readonly result?: { readonly value?: unknown } };
}

/** A thread that does not react within this time is not executing JavaScript, ms. */
const LONGEST_MS = 2000;

/**
 * Where a thread is that never pauses: the line of the script, and the test that runs. It is interrupted with the
 * debugger, which works in the middle of a loop, and then goes on. Empty when it cannot be told.
 */
export function whereStuck(worker: Worker, root: string): Promise<string> {
  const session = new Session();
  session.connect();
  return new Promise((resolve) => {
    const done = (where: string) => {
      clearTimeout(timer);
      session.disconnect();
      resolve(where);
    };
    const timer = setTimeout(done, LONGEST_MS, '');
    const urls = new Map<string, string>();
    let sessionId = '';
    let line = '';
    const ask = (id: number, method: string, params = {}) => {
      const message = JSON.stringify({ id, method, params });
      session.post('NodeWorker.sendMessageToWorker', { sessionId, message });
    };
    session.on('NodeWorker.attachedToWorker', ({ params }) => {
      if (params.workerInfo.workerId !== String(worker.threadId)) return;
      sessionId = params.sessionId;
      ask(1, 'Debugger.enable');
      ask(2, 'Debugger.pause');
    });
    session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
      if (params.sessionId !== sessionId) return;
      const reply = JSON.parse(params.message) as Reply;
      if (reply.method === 'Debugger.scriptParsed' && reply.params) {
        urls.set(reply.params.scriptId, reply.params.url);
      } else if (reply.method === 'Debugger.paused' && reply.params) {
        const { callFrames } = reply.params;
        line = lineOf(callFrames, urls, root);
        const expression = `globalThis[Symbol.for(${JSON.stringify(RUNNING_TEST)})]()`;
        ask(3, 'Debugger.evaluateOnCallFrame', { callFrameId: callFrames[0]?.callFrameId, expression });
      } else if (reply.id === 3) {
        const test = reply.result?.result?.value;
        ask(4, 'Debugger.disable');
        done(typeof test === 'string' && test !== '' ? `test '${test}', ${line}` : line);
      }
    });
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  });
}

function lineOf(frames: readonly CallFrame[], urls: ReadonlyMap<string, string>, root: string): string {
  const stack = frames.map(
    ({ location }) =>
      `at ${urls.get(location.scriptId)}:${location.lineNumber + 1}:${(location.columnNumber ?? 0) + 1}`,
  );
  const found = new Sources(root).find(stack.join('\n'));
  return found ? `at ${found.source}` : '';
}
