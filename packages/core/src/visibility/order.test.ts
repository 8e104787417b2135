import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type VisibilityCursor, compareCursors, cursorOf } from './order.ts';
import { OPEN_CLOSE_TIME_MS, type VisibilityRecord } from './record.ts';
import { compareTexts } from './text-order.ts';

const cursor = (closeTimeMs: number, startTimeMs: number, runId: string): VisibilityCursor => ({
  closeTimeMs,
  startTimeMs,
  runId,
});

suite('the default order', () => {
  test('open first, then last closed, last started, run id', () => {
    const ordered = [
      cursor(OPEN_CLOSE_TIME_MS, 9, 'a'),
      cursor(OPEN_CLOSE_TIME_MS, 5, 'a'),
      cursor(OPEN_CLOSE_TIME_MS, 5, 'b'),
      cursor(20, 7, 'z'),
      cursor(10, 8, 'a'),
      cursor(10, 7, 'a'),
      cursor(10, 7, 'b'),
    ];
    for (const seed of [3, 5, 6]) {
      const shuffled = ordered.map((_, index) => ordered[(index * seed + 1) % ordered.length]);
      assert.deepEqual(shuffled.filter((each) => each !== undefined).sort(compareCursors), ordered);
    }
  });
  test('the place of an open and of a closed record', () => {
    const record = { startTimeMs: 5, runId: 'r', closeTimeMs: undefined } as VisibilityRecord;
    assert.deepEqual(cursorOf(record), cursor(OPEN_CLOSE_TIME_MS, 5, 'r'));
    assert.deepEqual(cursorOf({ ...record, closeTimeMs: 7 }), cursor(7, 5, 'r'));
  });
});

test('texts are in the order of their UTF-8 bytes', () => {
  const texts = ['', 'A', 'AA', 'a', 'é', 'ab', '\uff5e', '😀', '😁', '😀a', 'a😀', 'a\uff5e', '\u{1f3ff}'];
  for (const a of texts) {
    for (const b of texts) {
      const expected = Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.equal(Math.sign(compareTexts(a, b)), expected, JSON.stringify([a, b]));
    }
  }
});
