import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs, durationMsOrZero, earliest, timestampMs, toDuration, toTimestamp } from './time.ts';

test('a duration of a part of a millisecond is rounded up', () => {
  assert.equal(durationMs({ seconds: 1, nanos: 500_000_000 }), 1_500);
  assert.equal(durationMs({ seconds: 1, nanos: 1 }), 1_001);
  assert.equal(durationMs({ seconds: 2 }), 2_000);
  assert.equal(durationMs({ nanos: 1_000_000 }), 1);
  assert.equal(durationMs({}), 0);
});

test('a negative duration is negative', () => {
  assert.equal(durationMs({ seconds: -1 }), -1_000);
  assert.equal(durationMs({ seconds: -1, nanos: -500_000_000 }), -1_500);
});

test('a duration that is not set is none, or nothing', () => {
  assert.equal(durationMs(undefined), undefined);
  assert.equal(durationMsOrZero(undefined), 0);
  assert.equal(durationMsOrZero({ seconds: 3 }), 3_000);
});

test('milliseconds as a duration, and back', () => {
  assert.deepEqual(toDuration(1_234), { seconds: 1, nanos: 234_000_000 });
  assert.deepEqual(toDuration(0), { seconds: 0, nanos: 0 });
  for (const ms of [1, 999, 1_000, 86_399_999, 3_153_600_000_001]) assert.equal(durationMs(toDuration(ms)), ms);
});

test('an instant of a part of a millisecond is the millisecond that it is in', () => {
  assert.equal(timestampMs({ seconds: 1, nanos: 999_999 }), 1_000);
  assert.equal(timestampMs({ seconds: 1, nanos: 1_000_000 }), 1_001);
  assert.equal(timestampMs({ seconds: 5 }), 5_000);
  assert.equal(timestampMs(undefined), undefined);
});

test('milliseconds as an instant, and back', () => {
  assert.deepEqual(toTimestamp(1_700_000_000_123), { seconds: 1_700_000_000, nanos: 123_000_000 });
  // The protocol counts nanoseconds forward from the second before, on both sides of the epoch.
  assert.deepEqual(toTimestamp(-1), { seconds: -1, nanos: 999_000_000 });
  for (const ms of [0, 1, 999, 1_700_000_000_999, -1, -1_500]) assert.equal(timestampMs(toTimestamp(ms)), ms);
});

test('the earlier of two, of which any may be none', () => {
  assert.equal(earliest(2, 1), 1);
  assert.equal(earliest(1, 2), 1);
  assert.equal(earliest(undefined, 2), 2);
  assert.equal(earliest(1, undefined), 1);
  assert.equal(earliest(0, undefined), 0);
  assert.equal(earliest(undefined, undefined), undefined);
});
