import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScheduledStarts } from './scheduled-starts.ts';

test('what a second brings goes at once, the rest one after the other, each namespace for itself', () => {
  const starts = new ScheduledStarts(() => 2);
  const places = (namespaceId: string, count: number, nowMs: number): number[] =>
    Array.from({ length: count }, () => starts.reserve(namespaceId, nowMs).atMs);
  assert.deepEqual(places('one', 5, 1_000), [1_000, 1_000, 1_500, 2_000, 2_500]);
  assert.deepEqual(places('other', 2, 1_000), [1_000, 1_000]);
  assert.deepEqual(places('one', 1, 1_100), [3_000]);
  assert.deepEqual(places('one', 3, 60_000), [60_000, 60_000, 60_500]);
});

test('the rate may change while starts wait; at none they ask again', () => {
  let perSecond = 0;
  const starts = new ScheduledStarts(() => perSecond);
  assert.deepEqual(starts.reserve('one', 1_000), { kind: 'ask again', atMs: 2_000 });
  perSecond = 1;
  assert.deepEqual(starts.reserve('one', 2_000), { kind: 'go', atMs: 2_000 });
  assert.deepEqual(starts.reserve('one', 2_000), { kind: 'go', atMs: 3_000 });
  perSecond = 100;
  assert.deepEqual(starts.reserve('one', 2_000), { kind: 'go', atMs: 4_000 });
  assert.deepEqual(starts.reserve('one', 2_000), { kind: 'go', atMs: 4_010 });
});
