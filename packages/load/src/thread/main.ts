import { workerData } from 'node:worker_threads';
import { grpcPackage } from '../clients/grpc.ts';
import { watchPackages } from '../clients/known-packages.ts';
import { wsPackage } from '../clients/ws.ts';
import { eventSourceFor } from '../event-source/event-source.ts';
import { Agent } from '../fetch/agent.ts';
import { fetchFor } from '../fetch/fetch.ts';
import { OtherClients } from '../fetch/other-clients.ts';
import { setHost } from '../script/extras/host.ts';
import { keepApart } from '../script/own.ts';
import { answerImports } from '../script/resolve.ts';
import { scopes } from '../script/scope.ts';
import { webSocketFor } from '../websocket/web-socket.ts';
import { load } from './load.ts';
import type { ThreadJob, ToThread } from './messages.ts';
import { refuseExit } from './process-exit.ts';
import { Reporter } from './reporter.ts';
import { Scenario } from './scenario.ts';
import { VirtualUser } from './virtual-user.ts';
import { World } from './world.ts';

/** A worker thread: loads the script, runs its part of the users, hands in what it measures. */

const job = workerData.job as ThreadJob;
// The script shares this module's workerData and is not to speak in our name.
workerData.job = undefined;

const world = new World(job);
const scenarios = job.scenarios.map((scenario, index) => new Scenario(world, index, scenario));
const reporter = new Reporter(world, scenarios);
/** For what the script does outside of any user's time: a timer of a module that is shared. */
const nobody = { agent: new Agent(world.client, { exchanged() {} }) };

const callerNow = () => scopes.getStore() ?? nobody;
const note = (text: string) => world.note(text);
answerImports(job.root, watchPackages([grpcPackage(callerNow, note), wsPackage(callerNow)]));
refuseExit();
world.console.begin();
process.argv[1] = job.script;
globalThis.fetch = fetchFor(callerNow);
globalThis.WebSocket = webSocketFor(callerNow);
globalThis.EventSource = eventSourceFor(callerNow);
new OtherClients(callerNow, note).watch();
keepApart();
setHost(() => {
  const owner = scopes.getStore()?.agent.owner;
  return owner instanceof VirtualUser ? owner.host : null;
});

job.port.on('message', (message: ToThread) => {
  switch (message.type) {
    case 'zero':
      world.clock.setZero(message.at);
      reporter.start();
      break;
    case 'segment':
      scenarios[message.scenario]!.run(message.stages, message.begin);
      break;
    case 'follow':
      scenarios[message.scenario]!.follow(message.scheduled, message.at);
      break;
    case 'cut':
      scenarios[message.scenario]!.cut(message.at);
      break;
    case 'stop':
      for (const scenario of scenarios) scenario.stop();
      break;
    case 'finish':
      finish();
      break;
  }
});

await Promise.all(scenarios.map(({ ready }) => ready));
await load(world);

async function finish(): Promise<void> {
  reporter.finish();
  const shared = world.changedBuiltins();
  if (shared !== null) world.note(shared);
  await Promise.all([process.stdout, process.stderr].map(handedOn));
  const { user, system } = process.threadCpuUsage();
  const { peer, connections } = world.client;
  world.post({ type: 'finished', cpuSeconds: (user + system) / 1e6, peer: peer.known, connections });
  job.port.close();
}

/** Resolves when the main thread has all that was printed: it ends the process soon, and printing goes by messages. */
function handedOn(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
