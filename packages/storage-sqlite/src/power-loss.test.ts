import { MemoryStore, type Store } from '@perdure/storage';
import {
  bytes,
  closedAt,
  identity,
  logRow,
  NAMESPACE,
  record,
  runWrite,
  ShardOwner,
  visible,
} from '@perdure/storage/conformance';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { openSqliteStore } from './open-store.ts';
import { type CutTail, powerCuts, readImage, type StoreImage, writeCut } from './testing/power-loss.ts';
import { scratchFiles } from './testing/scratch.ts';
import type { RoutePolicy } from './writer.ts';

const newFile = scratchFiles();

/** A generator of the same numbers each time: 0 to 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

type Parts = Parameters<ShardOwner['batch']>[0];

/** Commits of every kind and of one page to some dozen: starts, transitions, snapshots, closes. */
function commitList(seed: number, count: number): Parts[] {
  const next = numbers(seed);
  const sequences = new Map<number, number>();
  return Array.from({ length: count }, (_, index) => {
    const run = 1 + Math.floor(next() * 4);
    const sequence = (sequences.get(run) ?? 0) + 1;
    sequences.set(run, sequence);
    const events = bytes('e'.repeat(Math.floor(next() ** 4 * 30_000)));
    const closes = next() < 0.2;
    const snapshot = closes ? { body: bytes(`state ${run}/${sequence}`), sequence } : undefined;
    return {
      timeMs: index,
      runs: [runWrite(run, { identity: identity(run), active: !closes, closed: closes, snapshot })],
      log: [logRow(run, sequence, { events })],
      visibilityPut: [closes ? record(run, closedAt(index)) : record(run)],
    };
  });
}

/** All that a store holds of these commits. */
async function contents(store: Store): Promise<unknown> {
  const { epoch: _epoch, ...grant } = await store.acquireShard(0, 'reader');
  const runs = await Promise.all([1, 2, 3, 4].map((run) => store.loadRun(0, { run })));
  const range = { shard: 0, fromSequence: 1, throughSequence: 99, descending: false, rowsMax: 99, bytesMax: 1e9 };
  const histories = await Promise.all([1, 2, 3, 4].map((run) => store.readHistory({ ...range, run })));
  const list = await store.listVisibility({ namespaceId: NAMESPACE, query: visible, pageSize: 9, after: undefined });
  return { grant, runs, histories, list };
}

/** The contents after each transaction, the grant included, of a store that cannot lose any. */
async function expectedContents(commits: readonly Parts[]): Promise<unknown[]> {
  const states: unknown[] = [];
  for (let count = -1; count <= commits.length; count++) {
    const model = new MemoryStore();
    const owner = await ShardOwner.of(model);
    for (const parts of commits.slice(0, Math.max(0, count))) await owner.commit(parts);
    states.push(await contents(model));
  }
  return states;
}

/** The image of a store right after the last of the commits has been confirmed. */
async function imageAfter(commits: readonly Parts[], route: RoutePolicy): Promise<StoreImage> {
  const file = newFile();
  const store = openSqliteStore({ file });
  await store.close();
  const used = openSqliteStore({ file, commits: route });
  const owner = await ShardOwner.of(used);
  for (const parts of commits) assert.equal(await owner.commit(parts), 'committed');
  const image = readImage(file);
  await used.close();
  return image;
}

async function contentsOf(file: string): Promise<unknown> {
  const store = openSqliteStore({ file });
  const found = await contents(store);
  await store.close();
  return found;
}

for (const [route, tail, seed] of [
  ['loop', 'missing', 1],
  ['loop', 'zeros', 2],
  ['thread', 'noise', 3],
] as const satisfies readonly (readonly [RoutePolicy, CutTail, number])[]) {
  test(`a log cut anywhere keeps each commit that is whole before the cut (${route}, the rest ${tail})`, async () => {
    const commits = commitList(seed, 6);
    const states = await expectedContents(commits);
    const image = await imageAfter(commits, route);
    const cuts = powerCuts(image.log);
    const losses = new Set<number>();
    for (const sizeBytes of cuts) {
      const file = newFile();
      const lost = writeCut(file, image, sizeBytes, tail);
      losses.add(lost);
      const expected = states[states.length - 1 - lost];
      assert.deepEqual(await contentsOf(file), expected, `cut at ${sizeBytes} bytes, ${lost} lost`);
    }
    assert.deepEqual([...losses], [7, 6, 5, 4, 3, 2, 1, 0], 'each commit and the grant were lost once');
  });
}

test('a checkpoint that wrote only some of its pages loses nothing', async () => {
  const commits = commitList(4, 8);
  const expected = (await expectedContents(commits)).at(-1);
  const image = await imageAfter(commits, 'loop');
  const done = newFile();
  writeCut(done, image, image.log.length);
  const database = new DatabaseSync(done);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  const checkpointed = readFileSync(done);
  const next = numbers(5);
  for (let round = 0; round < 20; round++) {
    const mixed = Buffer.alloc(checkpointed.length);
    for (let at = 0; at < mixed.length; at += 4_096) {
      const source = next() < 0.5 && at < image.file.length ? image.file : checkpointed;
      source.copy(mixed, at, at, at + 4_096);
    }
    const file = newFile();
    writeFileSync(file, mixed);
    writeFileSync(`${file}-wal`, image.log);
    assert.deepEqual(await contentsOf(file), expected);
  }
});
