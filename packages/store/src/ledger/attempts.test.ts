import assert from 'node:assert/strict';
import { waitUntil } from '@marteau/testkit';
import { describeLedger } from '../fixtures/describe-ledger.ts';
import {
  allotted,
  ana,
  becomes,
  ben,
  clerk,
  enterLine,
  finalize,
  idle,
  joinNode,
  joinNodes,
  lineEntry,
  mailTo,
  passed,
  prepare,
  shares,
  signal,
  spec,
  start,
  stateOf,
  submission,
  type Testbed,
} from '../fixtures/testbed.ts';
import { LeaseEnded, type NodeSession, type Start, type Store } from '../index.ts';

const freeNodes = async (store: Store) =>
  (await store.nodes.list()).filter(({ runId }) => runId === null).length;

async function started(store: Store, demand: number, nodes: NodeSession[]) {
  const run = await allotted(store, nodes, { demand });
  await start(store, run.leases);
  return run;
}

/** A node in a store of its own, which dies with it: nobody says good-bye. */
async function mortal(bed: Testbed, name: string): Promise<{ node: NodeSession; kill: () => Promise<void> }> {
  const own = await bed.open();
  return { node: await joinNode(own, name), kill: () => own.close() };
}

describeLedger('attempts', {}, (test) => {
  test('the barrier hands out one start time, later than now by the round trip and a margin', async ({
    store,
  }) => {
    const nodes = await joinNodes(store, 'n1', 'n2', 'n3');
    const id = await enterLine(store, { demand: 3 });
    await becomes(store, id, 'running');
    const leases = await shares(store, id, nodes);
    const begin = Date.now();
    const starts = await Promise.all(leases.map((lease) => store.ledger.ready(lease, signal)));
    const times = starts.map((start) => start.go && start.commonStartAt);
    assert.equal(new Set(times).size, 1);
    assert.ok(Number(times[0]) - begin >= 150, 'there is a lead');
    assert.ok(starts.every((start) => start.go && Math.abs(start.startAt - Number(times[0])) < 1000));
    const again = await store.ledger.ready(leases[0]!, signal);
    assert.equal(again.go && again.commonStartAt, times[0], 'asked again it is the same');
  });

  test('a single share waits for nobody', async ({ store }) => {
    const nodes = await joinNodes(store, 'n1');
    const id = await enterLine(store);
    await becomes(store, id, 'running');
    const [lease] = await shares(store, id, nodes);
    const start = await store.ledger.ready(lease!, signal);
    assert.ok(start.go && start.startAt <= Date.now() + 5);
    assert.equal((await store.ledger.attempt(id))?.startedAt, (await store.runs.get(id))?.startedAt);
  });

  test('a share that starts late hands the attempt back, and the run keeps its place', async ({ store }) => {
    const nodes = await joinNodes(store, 'n1', 'n2');
    const { id, leases } = await started(store, 2, nodes);
    const later = await enterLine(store, { demand: 1 });
    assert.equal(await store.ledger.giveBack(leases[0]!, 'it woke 900 ms after the start'), true);
    const watch = store.watch(leases[1]!);
    await waitUntil('the other share to be told', () => watch.signal.aborted);
    assert.equal(watch.signal.reason.kind, 'aborted');
    watch.close();
    await store.ledger.acknowledge(leases[1]!);
    await becomes(store, id, 'running');
    assert.equal((await store.runs.get(id))?.attempt, 2);
    assert.equal((await store.runs.get(id))?.startedAt, null);
    assert.equal(await stateOf(store, later), 'waiting');
  });

  test('after three attempts a run ends in error, with the last reason', async ({ store }) => {
    const nodes = await joinNodes(store, 'n1');
    const id = await enterLine(store);
    for (let attempt = 1; attempt <= 3; attempt++) {
      await becomes(store, id, 'running');
      const [lease] = await shares(store, id, nodes);
      assert.equal(lease?.attempt, attempt);
      await store.ledger.giveBack(lease!, 'the node drains');
    }
    await becomes(store, id, 'error');
    const run = await store.runs.get(id);
    assert.equal(run?.reasonCode, 'attempts-used-up');
    assert.match(run?.reason ?? '', /allotted 3 times .* because the node drains/);
  });

  test('an old attempt’s lease changes nothing: the fencing token is run and attempt', async ({ store }) => {
    const nodes = await joinNodes(store, 'n1');
    const id = await enterLine(store);
    await becomes(store, id, 'running');
    const [old] = await shares(store, id, nodes);
    await store.ledger.giveBack(old!, 'late');
    await becomes(store, id, 'running');
    const [current] = await shares(store, id, nodes);
    assert.equal((await store.ledger.ready(old!, signal)).go, false);
    assert.equal(await store.runs.setPhase(old!, null), false);
    assert.equal(await store.ledger.fail(old!, { reason: 'stale', reasonCode: null }), false);
    assert.equal(await stateOf(store, id), 'running');
    await store.ledger.ready(current!, signal);
    assert.equal(await store.ledger.done(current!), true);
    assert.equal(await store.ledger.done(current!), true, 'repeated after a lost answer it is the same');
    assert.equal(await stateOf(store, id), 'reporting');
  });

  test('a node that dies before the start is replaced; its slot is freed once it is dead', async ({
    bed,
    store,
  }) => {
    const [n1, n2] = await joinNodes(store, 'n1', 'n2');
    const { node: weak, kill } = await mortal(bed, 'a-weak-one');
    const id = await enterLine(store, { demand: 2 });
    await becomes(store, id, 'running');
    const leases = await shares(store, id, [n1!, n2!, weak]);
    assert.ok(leases.some(({ node }) => node === 'a-weak-one'));
    const alive = leases.find(({ node }) => node !== 'a-weak-one')!;
    await kill();
    let answer: Start | undefined;
    const told = store.ledger.ready(alive, signal).then((start) => {
      answer = start;
    });
    await waitUntil('the death to be noticed', async () => {
      await store.reconcile(); // more than once: a machine that stood still gives all a grace
      return answer;
    });
    await told;
    assert.deepEqual(answer, { go: false, kind: 'aborted' });
    assert.equal(await stateOf(store, id), 'running', 'the slots are not free before all acknowledged');
    await store.ledger.acknowledge(alive);
    await waitUntil('two live nodes to have it', async () => (await store.ledger.attempt(id))?.attempt === 2);
    assert.deepEqual([...(await store.ledger.attempt(id))!.nodes].sort(), ['n1', 'n2']);
  });

  test('a node that dies after the start is lost: the others stop, and what is left is judged', async ({
    bed,
    store,
  }) => {
    const [n1] = await joinNodes(store, 'n1');
    const { node: weak, kill } = await mortal(bed, 'weak');
    const { id, leases } = await started(store, 2, [n1!, weak]);
    const mine = leases.find(({ node }) => node === 'n1')!;
    const watch = store.watch(mine);
    await kill();
    await waitUntil('the share to be told to stop', async () => {
      await store.reconcile();
      return watch.stop.aborted;
    });
    assert.equal(watch.signal.aborted, false);
    watch.close();
    await store.ledger.done(mine);
    assert.equal(await stateOf(store, id), 'reporting');
    const record = await store.ledger.attempt(id);
    assert.equal(record?.stopped, false);
    assert.deepEqual(
      record?.lost.map(({ node }) => node),
      ['weak'],
    );
  });

  test('the only node dies after the start: the run goes to its report, with nothing but the loss', async ({
    bed,
    store,
  }) => {
    const { node: weak, kill } = await mortal(bed, 'weak');
    const { id } = await started(store, 1, [weak]);
    await kill();
    await becomes(store, id, 'reporting');
    assert.equal((await store.ledger.attempt(id))?.lost.length, 1);
  });

  test('a worker that restarts under its name has lost what it had, at once', async ({ bed, store }) => {
    const { node: weak, kill } = await mortal(bed, 'weak');
    const id = await enterLine(store);
    await becomes(store, id, 'running');
    await shares(store, id, [weak]);
    // the same process wrote the old lease, so only its end frees the name
    await kill();
    const again = await waitUntil('the name to be free', () => joinNode(store, 'weak'));
    await becomes(store, id, 'running');
    const [lease] = await shares(store, id, [again]);
    assert.equal(lease?.attempt, 2);
  });

  test('two live workers cannot have one name', async ({ bed, store }) => {
    await joinNodes(store, 'n1');
    const other = await bed.open();
    await assert.rejects(joinNode(other, 'n1'), { code: 'node-name-taken' });
    await assert.rejects(joinNode(other, 'n 1'), { code: 'bad-node-name' });
  });

  test('who finds its name taken after a long silence ends, and takes nothing from its successor', async ({
    bed,
    store,
  }) => {
    const heard: string[] = [];
    const node = await store.nodes.join(spec('weak'), idle, (order) => heard.push(order));
    await bed.raw.hset('marteau:1:node:weak', 'boot', 'its successor');
    await waitUntil('it to be told', () => heard.length > 0);
    assert.deepEqual(heard, ['stop']);
    const id = await enterLine(store);
    await becomes(store, id, 'running');
    const jobs = async () => (await bed.raw.keys('marteau:1:bullmq:node-weak:*')).sort();
    const before = await waitUntil('its job', async () => ((await jobs()).length ? jobs() : null));
    await node.leave();
    assert.deepEqual(await jobs(), before);
    assert.equal((await store.nodes.list())[0]?.runId, id);
  });

  test('handed back a lease after the start, a share counts as lost: what the others measured is kept', async ({
    store,
  }) => {
    const nodes = await joinNodes(store, 'n1', 'n2');
    const { id, leases } = await started(store, 2, nodes);
    const until = Date.now() + 2000;
    await waitUntil('a lease to pass', () => Date.now() > until);
    assert.equal(await store.ledger.giveBack(leases[0]!, 'it woke after the start'), true);
    await store.ledger.done(leases[1]!);
    assert.equal(await stateOf(store, id), 'reporting');
    assert.equal((await store.ledger.attempt(id))?.lost.length, 1);
  });

  test('an abandoned share counts as a lost node after the start', async ({ store }) => {
    const nodes = await joinNodes(store, 'n1', 'n2');
    const { id, leases } = await started(store, 2, nodes);
    await store.ledger.abandon(leases[0]!, 'this worker was told to stop');
    await store.ledger.done(leases[1]!);
    assert.equal(await stateOf(store, id), 'reporting');
    assert.deepEqual(
      (await store.ledger.attempt(id))?.lost.map(({ share }) => share),
      [0],
    );
  });

  test('a share that cannot work ends the run in error once all shares stopped', async ({ store }) => {
    const nodes = await joinNodes(store, 'n1', 'n2');
    const id = await enterLine(store, { demand: 2 });
    await becomes(store, id, 'running');
    const leases = await shares(store, id, nodes);
    const reason = { reason: 'npm could not find nosuchpkg.', reasonCode: 'deps-failed' };
    await store.ledger.fail(leases[0]!, reason);
    assert.equal(await stateOf(store, id), 'running');
    await store.ledger.fail(leases[1]!, { reason: 'a later reason', reasonCode: null });
    const run = await store.runs.get(id);
    assert.deepEqual([run?.state, run?.reason, run?.reasonCode], ['error', reason.reason, reason.reasonCode]);
    assert.equal(await freeNodes(store), 2);
  });

  test('shares that are never ready give the nodes back after a while', async ({ bed, store }) => {
    const nodes = await joinNodes(store, 'n1', 'n2');
    const id = await enterLine(store, { demand: 2 });
    await becomes(store, id, 'running');
    const [one, two] = await shares(store, id, nodes);
    const answer = store.ledger.ready(one!, signal);
    await waitUntil('the attempt to be over', async () => {
      await store.reconcile();
      return (await bed.raw.hget(`marteau:1:run:${id}`, 'ending')) === 'requeue';
    });
    assert.deepEqual(await answer, { go: false, kind: 'aborted' });
    await store.ledger.acknowledge(one!);
    await store.ledger.acknowledge(two!);
    await becomes(store, id, 'running');
    assert.equal((await store.runs.get(id))?.attempt, 2);
  });

  test('cancel: at once where nobody works on it, else when all acknowledged', async ({ store }) => {
    const nodes = await joinNodes(store, 'n1', 'n2');
    const queued = await store.runs.submit(submission());
    assert.equal((await store.runs.cancel(queued.id, ana)).state, 'cancelled');

    const preparing = await store.runs.submit(submission());
    const lease = await prepare(store, preparing.id);
    const watch = store.watch(lease);
    assert.equal((await store.runs.cancel(preparing.id, ana)).state, 'cancelling');
    await waitUntil('the preparer to be told', () => watch.signal.aborted);
    assert.ok(watch.signal.reason instanceof LeaseEnded);
    assert.equal(watch.signal.reason.kind, 'cancelled');
    assert.equal(await store.ledger.enterLine(lease, lineEntry()), 'cancelled');
    await store.ledger.acknowledge(lease);
    assert.equal(await stateOf(store, preparing.id), 'cancelled');

    const { id, leases } = await started(store, 2, nodes);
    const waiting = await enterLine(store);
    assert.equal((await store.runs.cancel(waiting, ana)).state, 'cancelled');
    assert.equal((await store.runs.cancel(id, ana)).state, 'cancelling');
    assert.equal((await store.runs.cancel(id, ana)).state, 'cancelling');
    await store.ledger.acknowledge(leases[0]!);
    assert.equal(await stateOf(store, id), 'cancelling');
    assert.equal(await store.ledger.done(leases[1]!), true, 'too late to be done: it acknowledges');
    const run = await store.runs.get(id);
    assert.deepEqual(
      [run?.state, run?.verdict, run?.reason],
      ['cancelled', null, 'Cancelled by ana@example.com.'],
    );
    await assert.rejects(store.runs.cancel(id, ana), { code: 'wrong-state' });
    await assert.rejects(store.runs.cancel('r0000000000000000xx', ana), { code: 'not-found' });
    assert.equal(await freeNodes(store), 2);
  });

  test('cancel while its report is made, and while nobody makes it yet', async ({ store }) => {
    const nodes = await joinNodes(store, 'n1');
    const one = await started(store, 1, nodes);
    await store.ledger.done(one.leases[0]!);
    assert.equal((await store.runs.cancel(one.id, ben)).state, 'cancelled');

    const two = await started(store, 1, nodes);
    await store.ledger.done(two.leases[0]!);
    const lease = await finalize(store, two.id);
    assert.equal((await store.runs.cancel(two.id, ben)).state, 'cancelling');
    assert.equal(await store.runs.end(lease, passed), false);
    await store.ledger.acknowledge(lease);
    assert.equal(await stateOf(store, two.id), 'cancelled');
  });

  test('a cancelled run whose node is dead ends all the same', async ({ bed, store }) => {
    const { node: weak, kill } = await mortal(bed, 'weak');
    const { id } = await started(store, 1, [weak]);
    await kill();
    assert.equal((await store.runs.cancel(id, ana)).state, 'cancelling');
    await becomes(store, id, 'cancelled');
  });

  test('stop and report: only under load, and the run says that it was stopped', async ({ store }) => {
    const nodes = await joinNodes(store, 'n1');
    const queued = await store.runs.submit(submission());
    await assert.rejects(store.runs.stopAndReport(queued.id), { code: 'wrong-state' });
    await store.runs.cancel(queued.id, ana);
    const { id, leases } = await started(store, 1, nodes);
    const watch = store.watch(leases[0]!);
    assert.equal((await store.runs.stopAndReport(id)).stopped, true);
    await waitUntil('the share to be told', () => watch.stop.aborted);
    watch.close();
    await store.ledger.done(leases[0]!);
    assert.equal((await store.ledger.attempt(id))?.stopped, true);
    await assert.rejects(store.runs.stopAndReport(id), { code: 'wrong-state' });
  });

  test('a preparer that dies is replaced, and the third death ends the run in error', async ({ store }) => {
    const { id } = await store.runs.submit(submission());
    for (let attempt = 1; attempt <= 3; attempt++) {
      const lease = await prepare(store, id, attempt);
      assert.deepEqual(
        await store.ledger.beginPrepare({ runId: id, try: attempt }, { node: 'x', boot: 'y' }),
        {
          lease: null,
          answer: 'stale',
        },
      );
      await waitUntil('the death to be noticed', async () => {
        await store.reconcile();
        return (await stateOf(store, id)) !== 'preparing';
      });
      assert.equal(await store.ledger.enterLine(lease, lineEntry()), 'lost');
    }
    await becomes(store, id, 'error');
    assert.equal((await store.runs.get(id))?.reasonCode, 'prepare-died');
  });

  test('a preparer that is watched keeps its lease', async ({ store }) => {
    const { id } = await store.runs.submit(submission());
    const lease = await prepare(store, id);
    const watch = store.watch(lease);
    const until = Date.now() + 2500;
    await waitUntil('more than a lease to pass', async () => {
      await store.reconcile();
      return Date.now() > until;
    });
    watch.close();
    assert.equal(watch.signal.aborted, false);
    assert.equal(await store.ledger.enterLine(lease, lineEntry()), 'waiting');
    assert.equal(await store.ledger.enterLine(lease, lineEntry()), 'waiting', 'repeated after a lost answer');
  });

  test('handing prepare or finalize back is no death', async ({ store }) => {
    const nodes = await joinNodes(store, 'n1');
    const { id } = await store.runs.submit(submission());
    for (let attempt = 1; attempt <= 5; attempt++)
      assert.equal(await store.ledger.giveBack(await prepare(store, id, attempt), 'draining'), true);
    await store.ledger.enterLine(await prepare(store, id, 6), lineEntry());
    await becomes(store, id, 'running');
    const [lease] = await shares(store, id, nodes);
    await store.ledger.ready(lease!, signal);
    await store.ledger.done(lease!);
    await store.ledger.giveBack(await finalize(store, id, 1), 'draining');
    const last = await finalize(store, id, 2);
    assert.equal(await store.runs.end(last, passed), true);
  });

  test('a finalizer that dies is replaced, and the old one can not end the run', async ({ store }) => {
    const nodes = await joinNodes(store, 'n1');
    const { id, leases } = await started(store, 1, nodes);
    await store.ledger.done(leases[0]!);
    const dead = await finalize(store, id, 1);
    const next = await waitUntil('a second finalizer to be let in', async () => {
      await store.reconcile();
      return (await store.ledger.beginFinalize({ runId: id, try: 2 }, clerk)).lease;
    });
    assert.equal(await store.runs.end(dead, { ...passed, verdict: 'fail' }), false);
    assert.equal(await store.runs.end(next, passed), true);
    assert.equal((await store.runs.get(id))?.verdict, 'pass');
  });

  test('a run ends exactly once, however many try', async ({ bed, store }) => {
    const nodes = await joinNodes(store, 'n1');
    const { id, leases } = await started(store, 1, nodes);
    await store.ledger.done(leases[0]!);
    const lease = await finalize(store, id);
    const others = await Promise.all([bed.open(), bed.open()]);
    const answers = await Promise.allSettled([
      ...[store, ...others].map((one) => one.runs.end(lease, passed)),
      ...[store, ...others].map((one) => one.runs.cancel(id, ben)),
    ]);
    assert.ok(answers.length === 6);
    await waitUntil('it to be closed', async () => {
      await store.reconcile();
      return store.folders.of(id).text('run.json');
    });
    const ended = (await store.runs.get(id))!.timeline.filter(({ state }) =>
      ['finished', 'cancelled', 'error'].includes(state),
    );
    assert.equal(ended.length, 1);
    assert.equal((await store.deliveries.of(id)).length, 1);
  });

  test('nobody is mailed about a cancel that they asked for; others are', async ({ store }) => {
    const recipients = mailTo('ana@example.com', 'team@example.com');
    const mine = await enterLine(store, { recipients });
    await store.runs.cancel(mine, ana);
    assert.deepEqual(
      (await store.deliveries.of(mine)).map(({ to }) => to),
      ['team@example.com'],
    );
    const theirs = await enterLine(store, { recipients });
    await store.runs.cancel(theirs, ben);
    assert.deepEqual(
      (await store.deliveries.of(theirs)).map(({ kind, to }) => ({ kind, to })),
      recipients,
    );
  });

  test('a slot whose job was lost gets its job again', async ({ bed, store }) => {
    const nodes = await joinNodes(store, 'n1');
    const id = await enterLine(store);
    await becomes(store, id, 'running');
    await bed.raw.del(...(await bed.raw.keys('marteau:1:bullmq:node-n1:*')), 'marteau:1:owed');
    const job = `marteau:1:bullmq:node-n1:share-${id}-1-0`;
    await waitUntil('the job to be there again', async () => (await bed.raw.exists(job)) === 1);
    assert.equal((await shares(store, id, nodes)).length, 1);
  });

  test('forgetting a node: only a dead one', async ({ bed, store }) => {
    await joinNodes(store, 'n1');
    const { kill } = await mortal(bed, 'weak');
    await assert.rejects(store.nodes.forget('n1'), { code: 'node-alive' });
    await kill();
    await waitUntil('it to be dead', async () => {
      await store.reconcile();
      return (await store.nodes.list()).some(({ state }) => state === 'dead');
    });
    await store.nodes.forget('weak');
    assert.deepEqual(
      (await store.nodes.list()).map(({ name }) => name),
      ['n1'],
    );
    await assert.rejects(store.nodes.forget('weak'), { code: 'not-found' });
    await assert.rejects(store.nodes.enable('weak'), { code: 'not-found' });
  });
});
