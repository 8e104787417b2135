import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore, type CommitOutcome, type ShardBatch, type Store } from '@perdure/storage';
import { oneNamespace } from '../testing/one-namespace.ts';
import { TestHost } from '../testing/test-host.ts';
import { Engine } from './engine.ts';

const namespace = { id: '0a0a0a0a-0000-4000-8000-00000000000a', name: 'default' };
const key = { namespaceId: namespace.id, workflowId: 'w' };

/** A store that holds back what it is asked for, and whose commits fail, while it is told to. */
class HoldingStore extends MemoryStore {
  pages: Promise<void> | undefined;
  grants: Promise<void> | undefined;
  fails = false;
  reads = 0;

  override async acquireShard(...args: Parameters<Store['acquireShard']>) {
    const grant = await super.acquireShard(...args);
    await this.grants;
    return grant;
  }

  override async loadActiveRuns(...args: Parameters<Store['loadActiveRuns']>) {
    this.reads += 1;
    const page = await super.loadActiveRuns(...args);
    await this.pages;
    return page;
  }

  override async commit(batches: readonly ShardBatch[]): Promise<readonly CommitOutcome[]> {
    if (this.fails) throw new Error('no luck');
    return super.commit(batches);
  }
}

function makeEngine(store: Store) {
  const host = new TestHost();
  const engine = new Engine({
    host,
    store,
    namespaces: oneNamespace(namespace),
    owner: 'test',
    shardCount: 1,
    workflowsInMemoryMax: 100,
    onError: () => undefined,
    onFatal: (error) => assert.fail(error),
  });
  return { host, engine };
}

type World = ReturnType<typeof makeEngine>;

async function start({ host, engine }: World, workflowId: string): Promise<void> {
  const request = {
    ...{ requestId: `start ${workflowId}`, workflowId, workflowType: { name: 'T' }, taskQueue: { name: 'q' } },
    completionCallbacks: [{ nexus: { url: 'http://there/' } }],
  };
  const started = engine.submit(
    { ...key, workflowId },
    { kind: 'start', request, signal: undefined, parent: undefined },
  );
  await host.settle();
  await started;
}

async function terminate({ host, engine }: World): Promise<void> {
  const said = { identity: '', reason: '', details: undefined, links: [], childWorkflowOnly: undefined };
  const ended = engine.submit(key, { kind: 'terminate', runId: '', firstRunId: '', ...said });
  await host.settle();
  await ended;
}

test('a shard that is lost while it recovers leaves its runs to its next owner', async () => {
  const store = new HoldingStore();
  const earlier = makeEngine(store);
  earlier.host.post = () => new Promise(() => undefined);
  await earlier.engine.start();
  await start(earlier, 'w');
  await terminate(earlier);
  await earlier.engine.stop();

  const held = Promise.withResolvers<void>();
  store.pages = held.promise;
  const world = makeEngine(store);
  const started = world.engine.start();
  await world.host.settle();
  await store.acquireShard(0, 'thief');
  store.pages = undefined;
  await start(world, 'other');
  await world.host.advance(1_000);
  assert.equal(world.host.posts.length, 1, 'the next owner has called back');
  held.resolve();
  await world.host.settle();
  await started;
  assert.equal(world.host.posts.length, 1);
});

test('an engine that stops while it takes a shard again does not begin to recover it', async () => {
  const store = new HoldingStore();
  const world = makeEngine(store);
  await world.engine.start();
  const held = Promise.withResolvers<void>();
  store.grants = held.promise;
  store.fails = true;
  await start(world, 'w');
  await world.engine.stop();
  const { reads } = store;
  held.resolve();
  await world.host.settle();
  assert.equal(store.reads, reads);
});
