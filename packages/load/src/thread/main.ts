import { workerData } from 'node:worker_threads';
import { Agent } from '../fetch/agent.ts';
import { fetchFor } from '../fetch/fetch.ts';
import { OtherClients } from '../fetch/other-clients.ts';
import { setHost } from '../script/extras/host.ts';
import { answerImports } from '../script/resolve.ts';
import { scopes } from '../script/scope.ts';
import { Lane } from './lane.ts';
import { load } from './load.ts';
import type { ThreadJob, ToThread } from './messages.ts';
import { refuseExit } from './process-exit.ts';
import { Reporter } from './reporter.ts';
import { User } from './user.ts';
import { World } from './world.ts';

/** A worker thread: loads the script, runs its part of the users, hands in what it measures. */

const job = workerData.job as ThreadJob;
// The script shares this module's workerData and is not to speak in our name.
workerData.job = undefined;

const world = new World(job);
const lanes = job.lanes.map((lane, index) => new Lane(world, index, lane));
const reporter = new Reporter(world, lanes);
/** For what the script does outside of any user's time: a timer of a module that is shared. */
const nobody = { agent: new Agent(world.client, { exchanged() {} }) };

answerImports();
refuseExit();
world.console.begin();
process.argv[1] = job.script;
const callerNow = () => scopes.getStore() ?? nobody;
globalThis.fetch = fetchFor(callerNow);
new OtherClients(callerNow, (text) => world.note(text)).watch();
setHost(() => {
  const owner = scopes.getStore()?.agent.owner;
  return owner instanceof User ? owner.host : null;
});

job.port.on('message', (message: ToThread) => {
  switch (message.type) {
    case 'zero':
      world.clock.setZero(message.at);
      reporter.start();
      break;
    case 'stretch':
      lanes[message.lane]!.run(message.steps, message.begin);
      break;
    case 'cut':
      lanes[message.lane]!.cut(message.at);
      break;
    case 'stop':
      for (const lane of lanes) lane.stop();
      break;
    case 'finish':
      finish();
      break;
  }
});

await Promise.all(lanes.map(({ ready }) => ready));
await load(world);

async function finish(): Promise<void> {
  reporter.finish();
  await Promise.all([process.stdout, process.stderr].map(handedOn));
  const { user, system } = process.threadCpuUsage();
  world.post({ type: 'finished', cpuSeconds: (user + system) / 1e6, peer: world.client.peer.known });
  job.port.close();
}

/** Resolves when the main thread has all that was printed: it ends the process soon, and printing goes by messages. */
function handedOn(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
