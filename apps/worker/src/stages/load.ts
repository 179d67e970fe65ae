import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultEvent, JobResult, Measurements, Plan, ShareJob } from '@marteau/shared';
import { HoldEnded, type ShareHold, type Start } from '@marteau/store';
import { writeConsoleFile } from '../console/console-file.ts';
import { type Context, HandBack } from '../context.ts';
import { machineFacts } from '../project/environment.ts';
import { projectSecrets } from '../project/project-secrets.ts';
import type { RunWork } from '../run-work.ts';
import { type AroundOptions, startAround } from '../share/around.ts';
import { startDeadline } from '../share/deadline.ts';
import { fillSecrets } from '../share/fill-secrets.ts';
import { foreignEnv } from '../share/foreign-env.ts';
import { generate } from '../share/generate.ts';
import { install } from '../share/install.ts';
import { writeShare } from '../share/share-file.ts';
import { unpack } from '../share/unpack.ts';
import { leaveBeforeStart } from '../stage/leave-before-start.ts';
import type { Stage } from '../stage/stage.ts';
import { withHold } from '../stage/with-hold.ts';

/** Generates one share of a run's load on this node, and nothing else meanwhile. */
export async function load(context: Context, job: ShareJob): Promise<JobResult> {
  const { ledger } = context.store;
  const begun = await ledger.beginShare(job, context.node);
  if (!begun.hold) return begun.answer;
  const { hold } = begun;
  const leaving = leaveBeforeStart(context.leaving);
  await withHold(context, {
    hold,
    name: `share-${hold.attempt}-${hold.share}`,
    leaving: leaving.signal,
    work: (stage) =>
      context.activity.during(`generating load for ${stage.run.name ?? stage.run.project}`, () =>
        context.gate.load(stage.signal, () => loadShare(context, stage, leaving.started)),
      ),
    async fail(stage, failure) {
      await stage.settle();
      await writeConsoleFile(stage.folder);
      await ledger.fail(hold, failure);
    },
    cancelled: ({ folder }) => writeConsoleFile(folder),
    handBack: (why) => (leaving.hasStarted() ? ledger.abandon(hold, why) : ledger.giveBack(hold, why)),
  });
  return 'done';
}

async function loadShare(context: Context, stage: Stage<ShareHold>, started: () => void): Promise<void> {
  const { hold, run, console, phase, folder } = stage;
  const { store, config, secrets } = context;
  const { file, plan, tree, sha256 } = (await store.runs.work(run.id)) as RunWork;
  using deadline = startDeadline(file.timeoutMs, stage.signal, () => phase.current);
  const { signal } = deadline;

  phase.say('unpacking the project');
  const places = await unpack(store.trees, { tree, sha256, work: stage.work, wdir: file.wdir, signal });
  const base = foreignEnv(places, config.searchPath);
  const env = { ...base, ...fillSecrets(file.env, projectSecrets(secrets, run.project), run.project) };

  phase.say('installing packages');
  await install({
    deps: file.deps,
    places,
    env: base, // installing needs no secret
    cache: join(config.dataFolder, 'npm-cache'),
    npmSettings: config.npm,
    console,
    signal,
    deadlineMs: config.deadlines.install,
  });

  const faults: FaultEvent[] = [];
  const onAppDeath = (detail: string): void => {
    console.say(detail);
    const fault = { at: context.now(), kind: 'app', title: 'App ended', detail, duration: 0 };
    faults.push({ type: 'fault', ...fault });
    store.events.append(run.id, faults.slice(-1)).catch(() => {}); // the report has it in any case
  };
  const around = { file, places, env, console, phase, signal, deadlines: config.deadlines, onAppDeath };
  const measurements = await measure(context, stage, plan, around, started);

  const environment = machineFacts();
  await writeShare(folder, hold, { measurements: stage.masker.maskAll(measurements), faults, environment });
  await stage.settle();
  await store.ledger.done(hold);
}

/** Starts what stands around the load, waits for the others, and generates it. */
async function measure(
  context: Context,
  stage: Stage<ShareHold>,
  plan: Plan,
  options: AroundOptions,
  started: () => void,
): Promise<Measurements> {
  const { phase, signal, file, places } = options;
  await using around = await startAround(options);
  phase.say('waiting for the start');
  await untilStart(await context.store.ledger.ready(stage.hold, signal), signal);
  started();
  return await generate(context, stage, { file, plan, places, around, signal });
}

/** Waits for the moment at which all shares begin. @throws HandBack when this one would begin too late */
async function untilStart(start: Start, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (!start.go) throw new HoldEnded(start.kind, 'the attempt ended at the barrier');
  const wait = start.startAt - Date.now();
  if (wait > 0) await sleep(wait, undefined, { signal });
  if (start.tooLate()) throw new HandBack('it would have begun too late');
}
