import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QueueKind, type BacklogRow } from '@perdure/storage';
import { Backlog, type WaitingTask } from './backlog.ts';
import { placeOf } from './lane.ts';

const queue = { namespaceId: 'n', name: 'q', kind: QueueKind.Workflow };

/** A store that gives the rows it has been told of, and a backlog over it. */
function setUp() {
  const stored: BacklogRow[] = [];
  const refilled = { times: 0 };
  const read = (afterId: number, limit: number) =>
    Promise.resolve(stored.filter((row) => row.id > afterId).slice(0, limit));
  const backlog = new Backlog(0, read, () => (refilled.times += 1));
  return { backlog, stored, refilled };
}

function task(id: number): WaitingTask {
  return { shard: 0, run: id, scheduledEventId: 2, stamp: 1, createdAtMs: id, backlogId: id, ...placeOf(undefined) };
}

function row(id: number): BacklogRow {
  return { id, queue, run: id, scheduledEventId: 2, stamp: 1, createdAtMs: id, ...placeOf(undefined) };
}

/** Lets reads that are under way come back. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function takeAll(backlog: Backlog): number[] {
  const ids: number[] = [];
  for (let next = backlog.take(); next !== undefined; next = backlog.take()) ids.push(next.backlogId);
  return ids;
}

test('tasks leave in the order in which they came', () => {
  const { backlog } = setUp();
  for (const id of [1, 2, 3]) backlog.push(task(id));
  assert.equal(backlog.size, 3);
  assert.deepEqual(takeAll(backlog), [1, 2, 3]);
  assert.equal(backlog.size, 0);
});

test('what does not fit in memory is read from the store, none lost, none twice', async () => {
  const { backlog, stored } = setUp();
  const count = 3_500;
  for (let id = 1; id <= count; id++) {
    stored.push(row(id));
    backlog.push(task(id));
  }
  assert.equal(backlog.size, count);
  backlog.refill(count);
  const taken: number[] = [];
  for (let round = 0; round < 20; round++) {
    taken.push(...takeAll(backlog));
    backlog.refill(count);
    await settled();
  }
  assert.deepEqual(
    taken,
    Array.from({ length: count }, (_, index) => index + 1),
  );
  assert.equal(backlog.size, 0);
});

test('after the store is read to its end, new tasks go through memory again', async () => {
  const { backlog, stored, refilled } = setUp();
  stored.push(row(1), row(2));
  backlog.adopt(2, 10);
  await settled();
  assert.equal(refilled.times, 1);
  assert.deepEqual(takeAll(backlog), [1, 2]);
  backlog.push(task(11));
  assert.deepEqual(takeAll(backlog), [11]);
});

test('a read that fails is made again', async () => {
  let fails = true;
  const rows = [row(1)];
  const read = () => (fails ? Promise.reject(new Error('disk')) : Promise.resolve(rows));
  const backlog = new Backlog(0, read, () => undefined);
  backlog.adopt(1, 1);
  await settled();
  assert.equal(backlog.take(), undefined);
  fails = false;
  backlog.refill(1);
  await settled();
  assert.deepEqual(takeAll(backlog), [1]);
});

test('a row that becomes durable while an earlier read is under way is read after it', async () => {
  const { backlog, stored } = setUp();
  backlog.adopt(0, 10);
  // The read under way has seen nothing; this task is behind it.
  backlog.push(task(11));
  stored.push(row(11));
  backlog.refill(11);
  await settled();
  assert.deepEqual(takeAll(backlog), [11]);
});

test('rows that are taken as soon as they are read are followed by the next ones', async () => {
  const stored = Array.from({ length: 2_500 }, (_, index) => row(index + 1));
  const taken: number[] = [];
  const read = (afterId: number, limit: number) =>
    Promise.resolve(stored.filter(({ id }) => id > afterId).slice(0, limit));
  const backlog: Backlog = new Backlog(0, read, () => taken.push(...takeAll(backlog)));
  backlog.adopt(stored.length, stored.length);
  await settled();
  assert.equal(taken.length, stored.length);
  assert.deepEqual(
    taken,
    [...new Set(taken)].toSorted((a, b) => a - b),
  );
});

test('memory holds no more than it may while others write to the queue', async () => {
  let rowsRead = 0;
  const stored = Array.from({ length: 5_000 }, (_, index) => row(index + 1));
  const read = (afterId: number, limit: number) => {
    const rows = stored.filter(({ id }) => id > afterId).slice(0, limit);
    rowsRead += rows.length;
    return Promise.resolve(rows);
  };
  const backlog = new Backlog(0, read, () => undefined);
  backlog.adopt(stored.length, stored.length);
  for (let id = stored.length; id < stored.length + 20; id++) {
    backlog.refill(id);
    await settled();
  }
  assert.equal(rowsRead, 1_000);
});

test('a task that was given back is offered again, once', () => {
  const { backlog, refilled } = setUp();
  backlog.push(task(1));
  const taken = backlog.take();
  assert.ok(taken);
  backlog.giveBack(taken);
  assert.equal(backlog.take(), undefined);
  assert.equal(backlog.size, 1);
  backlog.retry();
  assert.equal(refilled.times, 1);
  assert.deepEqual(takeAll(backlog), [1]);
  backlog.retry();
  assert.equal(refilled.times, 1);
});

test('a task that is withdrawn is gone, from memory or from the store behind it', async () => {
  const { backlog, stored } = setUp();
  const count = 1_010;
  for (let id = 1; id <= count; id++) {
    stored.push(row(id));
    backlog.push(task(id));
  }
  const withdrawn = [1, 500, 1_001, 1_010];
  for (const id of withdrawn) backlog.withdraw(task(id));
  backlog.withdraw(task(2_000));
  assert.equal(backlog.size, count - withdrawn.length);
  assert.equal(backlog.first?.backlogId, 2);
  backlog.refill(count);
  const taken: number[] = [];
  for (let round = 0; round < 5; round++) {
    taken.push(...takeAll(backlog));
    backlog.refill(count);
    await settled();
  }
  assert.equal(taken.length, count - withdrawn.length);
  assert.ok(!taken.some((id) => withdrawn.includes(id)));
  assert.equal(backlog.size, 0);
});
