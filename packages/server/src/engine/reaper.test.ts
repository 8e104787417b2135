import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRejection } from '@perdure/core';
import { WorkflowIdReusePolicy } from '@perdure/proto/enums';
import {
  MemoryStore,
  QueueKind,
  RunKind,
  StoreError,
  StoreFailure,
  type CommitOutcome,
  type Removal,
  type ShardBatch,
  type Store,
} from '@perdure/storage';
import { oneNamespace } from '../testing/one-namespace.ts';
import { TestHost } from '../testing/test-host.ts';
import { Engine } from './engine.ts';
import { Reaper } from './reaper.ts';

const RETENTION_MS = 3_600_000;
const namespace = { id: '0a0a0a0a-0000-4000-8000-00000000000a', name: 'default' };
const key = { namespaceId: namespace.id, workflowId: 'w' };

/** A store that tells what it is asked for, and holds commits back while it is told to. */
class WatchedStore extends MemoryStore {
  calls: string[] = [];
  held: (() => void)[] | undefined;

  override async commit(batches: readonly ShardBatch[]): Promise<readonly CommitOutcome[]> {
    this.calls.push('commit');
    const { held } = this;
    if (held !== undefined) await new Promise<void>((resolve) => void held.push(resolve));
    return super.commit(batches);
  }

  /** Holds what recovery has read until it is let go. */
  recovery: Promise<void> | undefined;

  override async loadActiveRuns(...args: Parameters<Store['loadActiveRuns']>) {
    const page = await super.loadActiveRuns(...args);
    await this.recovery;
    return page;
  }

  override async scanRemovals(...args: Parameters<Store['scanRemovals']>) {
    this.calls.push('scanRemovals');
    return super.scanRemovals(...args);
  }
}

async function setUp(store = new WatchedStore()) {
  const host = new TestHost();
  const errors: string[] = [];
  const engine = new Engine({
    host,
    store,
    namespaces: oneNamespace(namespace, RETENTION_MS),
    owner: 'test',
    shardCount: 1,
    workflowsInMemoryMax: 100,
    onError: (message) => errors.push(message),
    onFatal: (error) => errors.push(error.message),
  });
  const started = engine.start();
  if (store.recovery === undefined) await started;
  await host.advance(0);
  return { host, engine, errors, store };
}

type World = Awaited<ReturnType<typeof setUp>>;

function start({ engine }: World, requestId: string) {
  const request = {
    ...{ requestId, workflowId: 'w', workflowType: { name: 'T' }, taskQueue: { name: 'q' } },
    workflowIdReusePolicy: WorkflowIdReusePolicy.RejectDuplicate,
  };
  return engine.submit(key, { kind: 'start', request, signal: undefined, parent: undefined });
}

async function closedRun(world: World): Promise<void> {
  await settled(world, start(world, 'first'));
  const said = { identity: '', reason: '', details: undefined, links: [], childWorkflowOnly: undefined };
  await settled(world, world.engine.submit(key, { kind: 'terminate', runId: '', firstRunId: '', ...said }));
}

async function settled<T>({ host }: World, promise: Promise<T>): Promise<T> {
  await host.settle();
  return promise;
}

test('who comes while a run is being removed waits until it is gone', async () => {
  const world = await setUp();
  const { host, store } = world;
  await closedRun(world);
  store.held = [];
  await host.advance(RETENTION_MS);
  assert.equal(store.held.length, 1, 'the removal is on its way to the disk');
  let answered = false;
  const started = start(world, 'second').finally(() => (answered = true));
  await host.settle();
  assert.equal(answered, false);
  const [first] = store.held;
  store.held = undefined;
  first?.();
  const reply = await settled(world, started);
  assert.ok(!isRejection(reply), 'the new run is not a duplicate of one that is gone');
  assert.deepEqual(world.errors, []);
});

test('nothing is removed before its shard has recovered: what was read of it would come back', async () => {
  const earlier = await setUp();
  await settled(earlier, start(earlier, 'first'));
  await earlier.engine.stop();
  const { store } = earlier;
  const { promise, resolve: letGo } = Promise.withResolvers<void>();
  store.recovery = promise;
  const world = await setUp(store);
  const said = { identity: '', reason: '', details: undefined, links: [], childWorkflowOnly: undefined };
  await settled(world, world.engine.submit(key, { kind: 'terminate', runId: '', firstRunId: '', ...said }));
  await world.host.advance(2 * RETENTION_MS);
  assert.notEqual(await store.loadRun(0, { run: 1 }), undefined);
  letGo();
  await world.host.advance(RETENTION_MS);
  assert.equal(await store.loadRun(0, { run: 1 }), undefined);
  assert.deepEqual(world.errors, []);
});

test('a task whose run is removed while it waits for it leaves the backlog', async () => {
  const world = await setUp();
  const { host, store, engine } = world;
  await closedRun(world);
  store.held = [];
  await host.advance(RETENTION_MS);
  const queue = { namespaceId: namespace.id, name: 'q', kind: QueueKind.Workflow };
  const taker = { identity: 'worker', requestId: 'poll', workerVersion: undefined };
  const caller = new AbortController();
  const polled = engine.poll({ queue, sticky: false, taker, ratePerSecond: undefined, signal: caller.signal });
  await host.settle();
  const [removal] = store.held;
  store.held = undefined;
  removal?.();
  await host.settle();
  caller.abort();
  assert.equal(await settled(world, polled), undefined);
  assert.deepEqual(await store.listBacklogLanes(0), []);
});

test('nothing is done while nothing is due', async () => {
  const world = await setUp();
  await closedRun(world);
  world.store.calls = [];
  await world.host.advance(RETENTION_MS - 1);
  assert.deepEqual(world.store.calls, []);
  await world.host.advance(1_000);
  assert.deepEqual(world.store.calls.slice(0, 2), ['scanRemovals', 'commit']);
  world.store.calls = [];
  await world.host.advance(10 * RETENTION_MS);
  assert.deepEqual(world.store.calls, []);
});

test('a shard that is lost with its removals takes them up again', async () => {
  const world = await setUp();
  const { host, store } = world;
  await closedRun(world);
  store.held = [];
  await host.advance(RETENTION_MS);
  await store.acquireShard(0, 'thief');
  const [first] = store.held;
  store.held = undefined;
  first?.();
  await host.settle();
  await host.advance(1_000);
  assert.equal(await store.loadRun(0, { run: 1 }), undefined);
  const reply = await settled(world, start(world, 'second'));
  assert.ok(!isRejection(reply));
});

test('what is written while a round looks for what comes next is not forgotten', async () => {
  const host = new TestHost();
  const looked = Promise.withResolvers<readonly Removal[]>();
  let isFirstLook = true;
  let written: readonly Removal[] = [];
  const store: Partial<Store> = {
    reclaim: () => Promise.resolve({ rows: 0, more: false }),
    scanRemovals: (_shard, untilMs) => {
      const looksAhead = untilMs === Infinity && isFirstLook;
      if (looksAhead) isFirstLook = false;
      const found = written.filter(({ removeAtMs }) => removeAtMs <= untilMs);
      return looksAhead ? looked.promise : Promise.resolve(found);
    },
  };
  const removed: number[] = [];
  const reaper = new Reaper({ host, store: store as Store, onStoreError: assert.fail }, 0, (due) => {
    removed.push(...due.map(({ run }) => run));
    written = [];
    return Promise.resolve();
  });
  reaper.start();
  await host.advance(0);
  const removeAtMs = host.now() + 10;
  const identity = { kind: RunKind.Workflow, namespaceId: namespace.id, id: 'w', runId: namespace.id };
  written = [{ run: 1, identity, removeAtMs }];
  reaper.note(removeAtMs);
  looked.resolve([]);
  await host.settle();
  await host.advance(1_000);
  reaper.stop();
  assert.deepEqual(removed, [1]);
});

test('a round that fails is told to whoever runs the server, and made again', async () => {
  const host = new TestHost();
  const store = new MemoryStore();
  const errors: unknown[] = [];
  const failure = new StoreError(StoreFailure.Unavailable, 'disk');
  const scan = store.scanRemovals.bind(store);
  let scans = 0;
  store.scanRemovals = (...range) => {
    scans += 1;
    return scans === 1 ? Promise.reject(failure) : scan(...range);
  };
  const reaper = new Reaper({ host, store, onStoreError: (error) => errors.push(error) }, 0, () => Promise.resolve());
  reaper.start();
  await host.advance(2_000);
  assert.deepEqual(errors, [failure]);
  assert.ok(scans > 1);
  reaper.stop();
});
