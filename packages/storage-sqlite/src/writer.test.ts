import { StoreError, StoreFailure } from '@perdure/storage';
import { logRow, runWrite, ShardOwner } from '@perdure/storage/conformance';
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import test from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { openConnection } from './connection.ts';
import { openSqliteStore } from './open-store.ts';
import { StoreThread } from './store-thread.ts';
import { ThreadOnDemand } from './thread-on-demand.ts';
import { scratchFiles } from './testing/scratch.ts';
import { WriteConnection, type WriteJob } from './write-job.ts';
import { type RoutePolicy, Writer } from './writer.ts';

const newFile = scratchFiles();

/** What a test says of a writer; the rest is real. */
interface TestWriterOptions {
  readonly run?: (job: WriteJob, real: WriteConnection) => ReturnType<WriteConnection['run']>;
  readonly sync?: () => Promise<void>;
  readonly policy?: RoutePolicy;
  /** The file that the thread opens. */
  readonly threadFile?: string;
}

function testWriter({ run, sync, policy = 'adaptive', threadFile }: TestWriterOptions) {
  const file = newFile();
  const store = openSqliteStore({ file });
  const settings = { file, pragmaStatements: [] };
  const database = openConnection(settings, 'main');
  const real = new WriteConnection(database, file);
  const connection = run === undefined ? real : ({ run: (job: WriteJob) => run(job, real) } as WriteConnection);
  let threads = 0;
  const thread = new ThreadOnDemand(() => {
    threads += 1;
    return new StoreThread({ connection: { ...settings, file: threadFile ?? file }, role: 'writer' });
  });
  const afterWrite = (): void => {};
  const writer = new Writer({ connection, policy, sync: sync ?? (() => Promise.resolve()), thread, afterWrite });
  const close = async () => {
    await writer.close();
    database.close();
    await store.close();
  };
  return { writer, close, threads: () => threads };
}

/** Syncs that end when a test says so. */
function heldSyncs() {
  const held: PromiseWithResolvers<void>[] = [];
  const sync = (): Promise<void> => {
    const next = Promise.withResolvers<void>();
    held.push(next);
    return next.promise;
  };
  return { held, sync };
}

const acquire = (owner: string): WriteJob => ({ kind: 'acquire', shard: 0, owner });

test('nothing is confirmed before the disk has it, nor written meanwhile; the loop is free', async () => {
  const { held, sync } = heldSyncs();
  const ran: string[] = [];
  const run: TestWriterOptions['run'] = (job, real) => {
    ran.push(job.kind === 'acquire' ? job.owner : job.kind);
    return real.run(job);
  };
  const { writer, close, threads } = testWriter({ run, sync });
  const confirmed: string[] = [];
  const done = ['a', 'b'].map((owner) => writer.submit(acquire(owner)).then(() => confirmed.push(owner)));
  const seen = writer.durable().then(() => confirmed.push('what a query saw of a'));
  await setImmediate();
  assert.deepEqual([ran, confirmed], [['a'], []]);
  held[0]?.resolve();
  await done[0];
  await seen;
  await setImmediate();
  assert.deepEqual(
    [ran, confirmed],
    [
      ['a', 'b'],
      ['a', 'what a query saw of a'],
    ],
  );
  held[1]?.resolve();
  await Promise.all(done);
  assert.equal(threads(), 0);
  await close();
});

test('after a sync that failed nothing is confirmed, read or written any more', async () => {
  const failure = new StoreError(StoreFailure.Unavailable, 'the disk failed', { outcomeUnknown: true, stopped: true });
  const { held, sync } = heldSyncs();
  const { writer, close } = testWriter({ sync });
  const submitted = writer.submit(acquire('a'));
  const seen = writer.durable();
  held[0]?.reject(failure);
  await assert.rejects(submitted, failure);
  await assert.rejects(seen, failure);
  await assert.rejects(writer.submit(acquire('b')), failure);
  assert.equal(held.length, 1);
  assert.equal(writer.stopped, failure);
  await close();
});

test('after a commit of unknown outcome the writer says so, and does nothing more', async () => {
  let runs = 0;
  const { writer, close } = testWriter({
    run: () => {
      runs += 1;
      throw new StoreError(StoreFailure.Unavailable, 'the disk failed', { outcomeUnknown: true, stopped: true });
    },
  });
  const isTheFailure = (error: unknown) => error instanceof StoreError && error.outcomeUnknown && error.stopped;
  await assert.rejects(writer.submit(acquire('a')), isTheFailure);
  await assert.rejects(writer.submit(acquire('b')), isTheFailure);
  assert.equal(runs, 1);
  assert.ok(writer.stopped);
  await close();
});

test('a thread that cannot open its connection leaves the commits on the loop', async () => {
  const syncs: string[] = [];
  const { writer, close } = testWriter({
    policy: 'thread',
    threadFile: '/nowhere/store.db',
    sync: async () => void syncs.push('sync'),
  });
  const epochs: number[] = [];
  for (const owner of ['a', 'b']) epochs.push((await writer.submit({ kind: 'acquire', shard: 0, owner })).epoch);
  assert.deepEqual(epochs, [1, 2]);
  assert.deepEqual(syncs, ['sync', 'sync']);
  await close();
});

test('checkpoints keep the log short while commits go on', async () => {
  const file = newFile();
  const store = openSqliteStore({ file, commits: 'loop' });
  const owner = await ShardOwner.of(store);
  await owner.commit({ runs: [runWrite(1)] });
  let largestLog = 0;
  for (let sequence = 1; sequence <= 1_500; sequence++) {
    await owner.commit({ log: [logRow(1, sequence, { events: new Uint8Array(40_000) })] });
    await setImmediate();
    if (sequence % 50 === 0) largestLog = Math.max(largestLog, statSync(`${file}-wal`).size);
  }
  assert.ok(statSync(file).size > 10_000_000, 'most of it is in the file');
  assert.ok(largestLog < 50_000_000, `of 60 MB the log held ${largestLog} bytes at most`);
  assert.equal((await store.loadRun(0, { run: 1 }))?.tail.length, 1_500);
  await store.close();
});
