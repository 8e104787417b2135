import { StoreError, StoreFailure } from '@perdure/storage';
import { logRow, runWrite, ShardOwner } from '@perdure/storage/conformance';
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import test from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { openConnection } from './connection.ts';
import { openSqliteStore } from './open-store.ts';
import { StoreThread } from './store-thread.ts';
import { scratchFiles } from './testing/scratch.ts';
import { WriteConnection, type WriteJob } from './write-job.ts';
import { Writer } from './writer.ts';

const newFile = scratchFiles();

/** A writer on a new file, whose commits on the loop take as long, or fail, as a test says. */
function testWriter(onLoop: (job: WriteJob, real: WriteConnection) => ReturnType<WriteConnection['run']>) {
  const file = newFile();
  const store = openSqliteStore({ file });
  const settings = { file, pragmaStatements: [] };
  const database = openConnection(settings, 'main');
  const real = new WriteConnection(database, file);
  const connection = { run: (job: WriteJob) => onLoop(job, real) } as unknown as WriteConnection;
  let threads = 0;
  const startThread = () => {
    threads += 1;
    return new StoreThread({ connection: settings, role: 'writer' });
  };
  const writer = new Writer({ connection, policy: 'adaptive', startThread, afterWrite: () => undefined });
  const close = async () => {
    await writer.close();
    database.close();
    await store.close();
  };
  return { writer, close, threads: () => threads };
}

const acquire = (owner: string): WriteJob => ({ kind: 'acquire', shard: 0, owner });

test('on a slow disk commits leave the loop, which is free meanwhile, and keep their order', async () => {
  let onLoop = 0;
  const { writer, close, threads } = testWriter((job, real) => {
    onLoop += 1;
    const { result } = real.run(job);
    return { result, timing: { statementsMs: 0.1, commitMs: 10 } };
  });
  await writer.submit(acquire('a'));
  await writer.submit(acquire('b'));
  assert.deepEqual([onLoop, threads()], [2, 0]);
  let loopTurns = 0;
  const turns = setInterval(() => (loopTurns += 1), 1);
  const grants = await Promise.all(['c', 'd', 'e'].map((owner) => writer.submit(acquire(owner))));
  clearInterval(turns);
  assert.deepEqual([onLoop, threads()], [2, 1]);
  assert.ok(loopTurns > 0, 'the loop turned while the thread started and wrote');
  assert.deepEqual(
    grants.map((grant) => 'epoch' in (grant as object) && (grant as { epoch: number }).epoch),
    [3, 4, 5],
  );
  await close();
});

test('after a commit of unknown outcome the writer says so, and does nothing more', async () => {
  let runs = 0;
  const { writer, close } = testWriter(() => {
    runs += 1;
    throw new StoreError(StoreFailure.Unavailable, 'the disk failed', { outcomeUnknown: true, stopped: true });
  });
  const isTheFailure = (error: unknown) => error instanceof StoreError && error.outcomeUnknown && error.stopped;
  await assert.rejects(writer.submit(acquire('a')), isTheFailure);
  await assert.rejects(writer.submit(acquire('b')), isTheFailure);
  assert.equal(runs, 1);
  assert.ok(writer.stopped);
  await close();
});

test('a thread that cannot open its connection leaves the commits on the loop', async () => {
  const { writer, close } = testWriter((job, real) => ({
    ...real.run(job),
    timing: { statementsMs: 1, commitMs: 10 },
  }));
  const broken = { file: '/nowhere/store.db', pragmaStatements: [] };
  const lame = new Writer({
    connection: {
      run: (job: WriteJob) => ({ result: job.kind === 'acquire', timing: { statementsMs: 1, commitMs: 10 } }),
    } as unknown as WriteConnection,
    policy: 'thread',
    startThread: () => new StoreThread({ connection: broken, role: 'writer' }),
    afterWrite: () => undefined,
  });
  assert.equal(await lame.submit(acquire('a')), true);
  assert.equal(await lame.submit(acquire('b')), true);
  await writer.submit(acquire('a'));
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
