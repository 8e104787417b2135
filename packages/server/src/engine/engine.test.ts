import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrpcStatus, isRejection, type Rejection } from '@perdure/core';
import { CommandType, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Command } from '@perdure/proto/types';
import { MemoryStore, QueueKind, type CommitOutcome, type ShardBatch, type Store } from '@perdure/storage';
import { oneNamespace } from '../testing/one-namespace.ts';
import { TestHost } from '../testing/test-host.ts';
import { Engine } from './engine.ts';
import type { PolledTask } from './polling.ts';

const namespace = { id: '11111111-1111-7111-8111-111111111111', name: 'default' };
const taker = { identity: 'worker', requestId: 'poll', workerVersion: undefined };

/** A store whose commits wait until a test lets them through, or fail. */
function gate(store: Store) {
  const waiting: { go: () => Promise<void>; fail: () => void }[] = [];
  let open = true;
  const commit = (batches: readonly ShardBatch[]): Promise<readonly CommitOutcome[]> => {
    if (open) return store.commit(batches);
    return new Promise((resolve, reject) => {
      waiting.push({ go: async () => resolve(await store.commit(batches)), fail: () => reject(new Error('disk')) });
    });
  };
  const gated = new Proxy(store, {
    get(target, property) {
      if (property === 'commit') return commit;
      const value: unknown = Reflect.get(target, property);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { gated, waiting, hold: (held: boolean) => (open = !held) };
}

async function setUp(store: Store = new MemoryStore(), options: { workflowsInMemoryMax?: number } = {}) {
  const host = new TestHost();
  const errors: string[] = [];
  const engine = new Engine({
    host,
    store,
    namespaces: oneNamespace(namespace),
    owner: 'test',
    shardCount: 2,
    workflowsInMemoryMax: options.workflowsInMemoryMax ?? 100,
    onError: (message) => errors.push(message),
    onFatal: (error) => errors.push(error.message),
  });
  await engine.start();
  return { host, engine, errors, store };
}

type World = Awaited<ReturnType<typeof setUp>>;

function key(workflowId: string) {
  return { namespaceId: namespace.id, workflowId };
}

function start({ engine }: World, workflowId: string, requestId = `start-${workflowId}`) {
  const request = { requestId, workflowId, workflowType: { name: 'Type' }, taskQueue: { name: 'queue' } };
  return engine.submit(key(workflowId), { kind: 'start', request, signal: undefined, parent: undefined });
}

function poll({ engine }: World, signal = new AbortController().signal): Promise<PolledTask | undefined> {
  const queue = { namespaceId: namespace.id, name: 'queue', kind: QueueKind.Workflow };
  return engine.poll({ queue, sticky: false, taker, ratePerSecond: undefined, signal });
}

async function settled<T>(world: World, promise: Promise<T>): Promise<T> {
  await world.host.settle();
  return promise;
}

async function complete(world: World, workflowId: string, task: PolledTask | undefined, commands: readonly Command[]) {
  assert.equal(task?.kind, 'workflow');
  const { view } = task;
  const input = {
    kind: 'completeWorkflowTask',
    runId: view.runId,
    task: view.task,
    request: { commands },
    updateMessages: [],
  } as const;
  return settled(world, world.engine.submit(key(workflowId), input));
}

function statusOf(world: World, workflowId: string): Promise<WorkflowExecutionStatus | Rejection | undefined> {
  return settled(
    world,
    world.engine.read(key(workflowId), '', (loaded) => loaded?.run.lifecycle.status),
  );
}

const finish: Command = {
  commandType: CommandType.CompleteWorkflowExecution,
  completeWorkflowExecutionCommandAttributes: {},
};

function sleep(seconds: number): Command {
  const startTimerCommandAttributes = { timerId: 'timer', startToFireTimeout: { seconds } };
  return { commandType: CommandType.StartTimer, startTimerCommandAttributes };
}

test('a poller that waits gets the task in the batch of the start; neither hears of it before it is durable', async () => {
  const { gated, waiting, hold } = gate(new MemoryStore());
  const world = await setUp(gated);
  const heard: string[] = [];
  const polled = poll(world).then((task) => heard.push(`task ${task?.kind}`));
  hold(true);
  const started = start(world, 'a').then(() => heard.push('started'));
  await world.host.settle();
  assert.deepEqual(heard, []);
  assert.equal(waiting.length, 1, 'start and workflow task are one commit');
  await waiting[0]?.go();
  await Promise.all([polled, started]);
  assert.deepEqual(
    heard.sort((a, b) => (a < b ? -1 : 1)),
    ['started', 'task workflow'],
  );
});

test('a refusal and a read wait, like a reply, for what they rest on', async () => {
  const { gated, waiting, hold } = gate(new MemoryStore());
  const world = await setUp(gated);
  hold(true);
  const heard: string[] = [];
  void start(world, 'a').then(() => heard.push('started'));
  void start(world, 'a', 'other').then((reply) => heard.push(isRejection(reply) ? 'refused' : 'twice'));
  void world.engine.read(key('a'), '', () => heard.push('looked')).then(() => heard.push('read'));
  await world.host.settle();
  assert.deepEqual(heard, ['looked']);
  await waiting[0]?.go();
  await world.host.settle();
  assert.deepEqual(heard, ['looked', 'started', 'refused', 'read']);
});

test('a reader that fails is told so, and nobody else, even where the workflow has to be read first', async () => {
  const world = await setUp();
  const failing = world.engine.read(key('a'), '', () => assert.fail('no luck'));
  const other = world.engine.read(key('a'), '', (loaded) => loaded === undefined);
  const told: unknown[] = [];
  void failing.catch((error: Error) => told.push(error.message));
  void other.then((seen) => told.push(seen));
  await world.host.settle();
  assert.deepEqual(told, ['no luck', true]);
  assert.deepEqual(world.errors, []);
});

test('what cannot be written down is told to all who waited, and the shard starts over', async () => {
  const world = await setUp();
  const unwritable = Symbol('no text') as unknown as string;
  const lost = await settled(world, start(world, 'a', unwritable));
  assert.ok(isRejection(lost) && lost.status === GrpcStatus.Unavailable);
  await world.host.advance(1_000);
  assert.ok(!isRejection(await settled(world, start(world, 'a'))));
  assert.deepEqual(world.errors, ['commit failed']);
});

test('a commit that fails is told to all who waited, and what it held is as if it had never been', async () => {
  const { gated, waiting, hold } = gate(new MemoryStore());
  const world = await setUp(gated);
  hold(true);
  const lost = start(world, 'a');
  await world.host.settle();
  hold(false);
  waiting[0]?.fail();
  const reply = await settled(world, lost);
  assert.ok(isRejection(reply) && reply.message === 'shard status unknown');
  assert.equal(await statusOf(world, 'a'), undefined);
  const again = await settled(world, start(world, 'a'));
  assert.ok(!isRejection(again) && again.started);
});

test('a task that nobody waited for is there after a restart, and is handed out once', async () => {
  const store = new MemoryStore();
  const before = await setUp(store);
  await settled(before, start(before, 'a'));
  const after = await setUp(store);
  const first = await settled(after, poll(after));
  assert.equal(first?.kind, 'workflow');
  const controller = new AbortController();
  const second = poll(after, controller.signal);
  await after.host.settle();
  controller.abort();
  assert.equal(await second, undefined);
});

test('a task whose poller has to wait for its turn is there after a restart in between', async () => {
  const store = new MemoryStore();
  const slow = new Proxy(store, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const isOther = property === 'loadRun' && (args[1] as { runId?: string }).runId === 'other';
        return isOther ? new Promise(() => undefined) : Reflect.apply(value, target, args);
      };
    },
  });
  const before = await setUp(slow);
  void poll(before);
  await before.host.settle();
  const started = start(before, 'w');
  // Mail that never comes to its end, before the start of the task.
  void before.engine.read(key('w'), 'other', () => undefined);
  assert.ok(!isRejection(await settled(before, started)));

  const after = await setUp(store);
  assert.equal((await settled(after, poll(after)))?.kind, 'workflow');
});

test('a timer fires after a restart, though nobody asked for its workflow', async () => {
  const store = new MemoryStore();
  const before = await setUp(store);
  await settled(before, start(before, 'a'));
  await complete(before, 'a', await settled(before, poll(before)), [sleep(60)]);
  const after = await setUp(store);
  const polled = poll(after);
  await after.host.advance(59_000);
  assert.equal(after.engine.matching.queue({ ...queueOf('queue') }).pollerCount, 1, 'still waiting');
  await after.host.advance(1_000);
  await complete(after, 'a', await polled, [finish]);
  assert.equal(await statusOf(after, 'a'), WorkflowExecutionStatus.Completed);
});

function queueOf(name: string) {
  return { namespaceId: namespace.id, name, kind: QueueKind.Workflow };
}

test('workflows beyond the bound leave memory, and their timers still fire', async () => {
  const world = await setUp(new MemoryStore(), { workflowsInMemoryMax: 2 });
  const ids = Array.from({ length: 10 }, (_, index) => `workflow-${index}`);
  for (const id of ids) {
    await settled(world, start(world, id));
    await complete(world, id, await settled(world, poll(world)), [sleep(3_600)]);
  }
  await world.host.advance(5_000);
  for (const id of ids) assert.equal(await statusOf(world, id), WorkflowExecutionStatus.Running);
  await world.host.advance(5_000);
  await world.host.advance(3_600_000);
  for (const _ of ids) {
    const task = await settled(world, poll(world));
    assert.equal(task?.kind, 'workflow');
    await complete(world, task.loaded.identity.id, task, [finish]);
  }
  for (const id of ids) assert.equal(await statusOf(world, id), WorkflowExecutionStatus.Completed);
  assert.deepEqual(world.errors, []);
});

/** A store that counts the runs that are read. */
class CountingStore extends MemoryStore {
  loads = 0;

  override loadRun(...parameters: Parameters<MemoryStore['loadRun']>): ReturnType<MemoryStore['loadRun']> {
    this.loads += 1;
    return super.loadRun(...parameters);
  }
}

test('closed workflows leave memory before open ones that were used longer ago', async () => {
  const store = new CountingStore();
  const world = await setUp(store, { workflowsInMemoryMax: 40 });
  await settled(world, start(world, 'open'));
  await complete(world, 'open', await settled(world, poll(world)), [sleep(3_600)]);
  const closed = Array.from({ length: 10 }, (_, index) => `closed-${index}`);
  for (const id of closed) {
    await settled(world, start(world, id));
    await complete(world, id, await settled(world, poll(world)), [finish]);
  }
  await world.host.advance(2_000);
  store.loads = 0;
  assert.equal(await statusOf(world, 'open'), WorkflowExecutionStatus.Running);
  assert.equal(store.loads, 0, 'the open one is in memory');
  for (const id of closed) assert.equal(await statusOf(world, id), WorkflowExecutionStatus.Completed);
  assert.ok(store.loads >= closed.length - 2, `${store.loads} closed ones were read`);
});

test('histories that take much memory are left to the store', async () => {
  const world = await setUp(new MemoryStore(), { workflowsInMemoryMax: 2 });
  const recentBytes = (id: string) =>
    settled(
      world,
      world.engine.read(key(id), '', (loaded) => loaded?.recentBytes),
    );
  await settled(world, start(world, 'a'));
  const name = 'x'.repeat(20_000);
  const beside = { input: undefined, header: undefined, links: [], sender: undefined };
  const signal = { name, identity: 'client', requestId: 'signal', ...beside };
  const input = { kind: 'signal', runId: '', signal, childWorkflowOnly: undefined } as const;
  await settled(world, world.engine.submit(key('a'), input));
  assert.ok(Number(await recentBytes('a')) > 10_000);
  await world.host.advance(2_000);
  assert.equal(await recentBytes('a'), 0);
});
