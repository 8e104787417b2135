import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRejection } from '@perdure/core';
import { MemoryStore, QueueKind, StoreError, StoreFailure } from '@perdure/storage';
import { oneNamespace } from '../testing/one-namespace.ts';
import { TestHost } from '../testing/test-host.ts';
import { Engine } from './engine.ts';
import type { PolledTask } from './polling.ts';
import { SHARD_LOST } from './routing.ts';

const namespace = { id: '11111111-1111-7111-8111-111111111111', name: 'default' };
const key = { namespaceId: namespace.id, workflowId: 'w' };
const query = { queryType: 'state' };
const BOUNDS = { bufferedMax: 10, untilMs: Infinity };

async function setUp(store = new MemoryStore()) {
  const host = new TestHost();
  const engine = new Engine({
    host,
    store,
    namespaces: oneNamespace(namespace),
    owner: 'test',
    shardCount: 1,
    workflowsInMemoryMax: 100,
    onError: () => undefined,
    onFatal: () => undefined,
  });
  await engine.start();
  const settled = async <T>(promise: Promise<T>): Promise<T> => {
    await host.settle();
    return promise;
  };
  const poll = (): Promise<PolledTask | undefined> => {
    const queue = { namespaceId: namespace.id, name: 'queue', kind: QueueKind.Workflow };
    const taker = { identity: 'worker', requestId: 'poll', workerVersion: undefined };
    const { signal } = new AbortController();
    return engine.poll({ queue, sticky: false, taker, ratePerSecond: undefined, signal });
  };
  const start = () => {
    const request = { requestId: 's', workflowId: 'w', workflowType: { name: 'Type' }, taskQueue: { name: 'queue' } };
    return settled(engine.submit(key, { kind: 'start', request, signal: undefined, parent: undefined }));
  };
  return { host, engine, settled, poll, start };
}

function workflowTask(polled: PolledTask | undefined): Extract<PolledTask, { kind: 'workflow' }> {
  assert.ok(polled?.kind === 'workflow');
  return polled;
}

test('a query rides on the task that waits, and not on one that is at work: its worker has not seen what came since', async () => {
  const { engine, settled, poll, start } = await setUp();
  await start();
  const loaded = await settled(engine.read(key, '', (run) => run));
  assert.ok(loaded !== undefined && !isRejection(loaded));
  engine.queries.ask(loaded, query, BOUNDS, () => undefined);
  const first = workflowTask(await settled(poll()));
  const { runId } = first.view;
  assert.equal(engine.queries.riding(runId, first.view.task).length, 1);

  engine.queries.ask(loaded, query, BOUNDS, () => undefined);
  assert.equal(engine.queries.riding(runId, first.view.task).length, 1, 'the second came too late for this task');
  const request = { forceCreateNewWorkflowTask: true };
  await settled(engine.submit(key, { kind: 'completeWorkflowTask', runId, task: first.view.task, request }));
  const second = workflowTask(await settled(poll()));
  assert.equal(engine.queries.riding(runId, second.view.task).length, 2);
});

test('a query whose shard starts over is told so: the task that it rides on may be gone', async () => {
  const store = new MemoryStore();
  const { engine, settled, start } = await setUp(store);
  await start();
  const loaded = await settled(engine.read(key, '', (run) => run));
  assert.ok(loaded !== undefined && !isRejection(loaded));
  const answers: unknown[] = [];
  engine.queries.ask(loaded, query, BOUNDS, (answer) => answers.push(answer));
  store.commit = () => Promise.reject(new StoreError(StoreFailure.Unavailable, 'disk'));
  await settled(engine.submit(key, { kind: 'delete', runId: '' }));
  assert.deepEqual(answers, [SHARD_LOST]);
});

test('a task whose run cannot be read is offered again', async () => {
  const store = new MemoryStore();
  const before = await setUp(store);
  await before.start();
  // An idle run with its task in the backlog: the poller's server has to read it first.
  const load = store.loadRun.bind(store);
  let failures = 0;
  store.loadActiveRuns = () => Promise.resolve([]);
  store.loadRun = (shard, selector) => {
    failures += 1;
    if (failures > 1) return load(shard, selector);
    return Promise.reject(new StoreError(StoreFailure.Unavailable, 'disk'));
  };
  const after = await setUp(store);
  const polled = after.poll();
  await after.host.advance(3_000);
  assert.equal(workflowTask(await polled).view.runId.length, 36);
  assert.ok(failures > 1);
});

test('it is offered again even where its lane was forgotten while it was read', async () => {
  const store = new MemoryStore();
  await (await setUp(store)).start();
  const load = store.loadRun.bind(store);
  const failure = Promise.withResolvers<never>();
  let reads = 0;
  store.loadActiveRuns = () => Promise.resolve([]);
  store.loadRun = (shard, selector) => {
    reads += 1;
    return reads > 1 ? load(shard, selector) : failure.promise;
  };
  const { host, poll } = await setUp(store);
  const polled: (PolledTask | undefined)[] = [];
  void poll().then((task) => polled.push(task));
  // Sweeps come meanwhile, and no task is left in the lane.
  await host.advance(3_000);
  assert.equal(reads, 1);
  failure.reject(new StoreError(StoreFailure.Unavailable, 'disk'));
  await host.advance(3_000);
  assert.deepEqual(
    polled.map((task) => task?.kind),
    ['workflow'],
  );
});
