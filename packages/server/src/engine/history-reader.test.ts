import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeHistory, encodeHistoryEvent } from '@perdure/proto';
import type { HistoryRange, HistoryRow, Store } from '@perdure/storage';
import { fromTheEnd, HistoryGone, HistoryReader, type HistoryPage, type HistorySource } from './history-reader.ts';

/** Rows whose events are 1-3, 4, 5-6 and so on, with gaps in the sequence for transitions without events. */
const ROWS: readonly HistoryRow[] = [row(1, [1, 2, 3]), row(2, [4]), row(5, [5, 6]), row(6, [7]), row(9, [8, 9, 10])];
const END = 11;

function row(sequence: number, eventIds: readonly [number, ...number[]]): HistoryRow {
  const events = Buffer.concat(eventIds.map((eventId) => encodeHistoryEvent({ eventId })));
  return { sequence, firstEventId: eventIds[0], events };
}

/** A store with those rows, which counts its reads. */
function setUp(recentRows = 0) {
  const reads: HistoryRange[] = [];
  const readHistory = (range: HistoryRange): Promise<readonly HistoryRow[]> => {
    reads.push(range);
    const { fromSequence, throughSequence, descending, rowsMax, bytesMax } = range;
    const within = ROWS.filter(({ sequence }) => sequence >= fromSequence && sequence <= throughSequence);
    const taken: HistoryRow[] = [];
    let bytes = 0;
    for (const each of descending ? within.toReversed() : within) {
      taken.push(each);
      bytes += each.events.length;
      if (taken.length >= rowsMax || bytes >= bytesMax) break;
    }
    return Promise.resolve(taken);
  };
  const reader = new HistoryReader({ readHistory } as Partial<Store> as Store);
  const source: HistorySource = { shard: 0, run: 1, recent: recentRows === 0 ? [] : ROWS.slice(-recentRows) };
  return { reader, source, reads };
}

function idsOf({ slices }: Pick<HistoryPage, 'slices'>): (number | undefined)[] {
  return (decodeHistory(slices).events ?? []).map(({ eventId }) => eventId);
}

const ALL = { rowsMax: 256, bytesMax: 1024 * 1024 };

test('what is in memory is read without the store', async () => {
  const { reader, source, reads } = setUp(2);
  const from = await reader.find(source, 9);
  const page = await reader.forward(source, from, END, ALL);
  assert.deepEqual(idsOf(page), [9, 10]);
  assert.equal(page.next, undefined);
  assert.equal(reads.length, 0);
});

test('what is older comes from the store, from the row that holds it', async () => {
  for (const recentRows of [0, 1, 2, 5]) {
    for (let first = 1; first < END; first++) {
      for (let end = first; end <= END; end++) {
        const { reader, source } = setUp(recentRows);
        const page = await reader.forward(source, await reader.find(source, first), end, ALL);
        const expected = Array.from({ length: end - first }, (_, index) => first + index);
        assert.deepEqual(idsOf(page), expected, `${first} to ${end} with ${recentRows} rows in memory`);
      }
    }
  }
});

test('pages of any size make the whole history', async () => {
  for (const recentRows of [0, 2, 5]) {
    for (const size of [
      { ...ALL, rowsMax: 1 },
      { ...ALL, rowsMax: 2 },
      { ...ALL, bytesMax: 1 },
      { ...ALL, bytesMax: 9 },
    ]) {
      const { reader, source } = setUp(recentRows);
      const seen: (number | undefined)[] = [];
      for (let from = { eventId: 2, sequence: 1 }; ;) {
        const page = await reader.forward(source, from, END, size);
        seen.push(...idsOf(page));
        if (page.next === undefined) break;
        from = page.next;
      }
      assert.deepEqual(seen, [2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }
  }
});

test('a row that is too large for a page is cut between events', async () => {
  const { reader, source } = setUp();
  const size = { rowsMax: 256, bytesMax: 1 };
  const first = await reader.forward(source, { eventId: 1, sequence: 1 }, END, size);
  assert.deepEqual(idsOf(first), [1]);
  assert.deepEqual(first.next, { eventId: 2, sequence: 1 });
  const last = await reader.backward(source, fromTheEnd(END), size);
  assert.deepEqual(idsOf(last), [10]);
  assert.deepEqual(last.next, { eventId: 9, sequence: 9 });
});

test('backward, the latest event comes first, and rows beyond the end are passed over', async () => {
  for (const end of [END, 9, 8, 5]) {
    for (const size of [{ ...ALL, rowsMax: 1 }, { ...ALL, rowsMax: 2 }, { ...ALL, bytesMax: 1 }, ALL]) {
      const { reader, source } = setUp();
      const seen: (number | undefined)[] = [];
      for (let from = fromTheEnd(end); ;) {
        const page = await reader.backward(source, from, size);
        seen.push(...idsOf(page));
        if (page.next === undefined) break;
        from = page.next;
      }
      assert.deepEqual(
        seen,
        Array.from({ length: end - 1 }, (_, index) => end - 1 - index),
      );
    }
  }
});

test('one event is found wherever it is', async () => {
  for (const recentRows of [0, 2]) {
    for (let eventId = 1; eventId < END; eventId++) {
      const { reader, source } = setUp(recentRows);
      assert.deepEqual(idsOf({ slices: [await reader.last(source, eventId + 1)] }), [eventId]);
    }
  }
});

test('a history with a hole is a bug, not a shorter history, unless its run has been removed', async () => {
  const read = async (stored: object | undefined): Promise<unknown> => {
    const readHistory = () => Promise.resolve([row(1, [1]), row(2, [3])]);
    const holed = { readHistory, loadRun: () => Promise.resolve(stored) } as unknown as Store;
    const source = { shard: 0, run: 1, recent: [] };
    return new HistoryReader(holed).forward(source, { eventId: 1, sequence: 1 }, 4, ALL);
  };
  await assert.rejects(read({}), /the history has no event 2/);
  await assert.rejects(read(undefined), HistoryGone);
});
