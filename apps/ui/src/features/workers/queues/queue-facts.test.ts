import assert from 'node:assert/strict';
import { test } from 'node:test';
import { healthOf, pollersOf, rateText } from './queue-facts.ts';

test('a worker that polls for both kinds is one poller, who was there last is first', () => {
  const poller = { identity: 'a', lastAccessTime: '2026-08-22T10:00:00Z', ratePerSecond: 100_000 };
  const pollers = pollersOf([
    ['workflow', { pollers: [poller, { identity: 'b', lastAccessTime: '2026-08-22T10:00:05Z' }] }],
    ['activity', { pollers: [{ ...poller, lastAccessTime: '2026-08-22T10:00:09Z', ratePerSecond: 3 }] }],
  ]);
  assert.deepEqual(
    pollers.map(({ identity, kinds, rate }) => [identity, kinds, rate]),
    [
      ['a', ['workflow', 'activity'], 3],
      ['b', ['workflow'], undefined],
    ],
  );
});

test('tasks that wait with nobody there are a deserted queue; without tasks it is only idle', () => {
  assert.equal(healthOf({ stats: { approximateBacklogCount: '3', approximateBacklogAge: '90s' } }).isDeserted, true);
  assert.equal(healthOf({ stats: {} }).isDeserted, false);
  assert.equal(healthOf({ stats: { approximateBacklogCount: '3' }, pollers: [{}] }).isDeserted, false);
});

test('rates', () => {
  assert.deepEqual([0, 0.05, 0.25, 2.5, 12_345].map(rateText), ['0/s', '3/min', '0.25/s', '2.5/s', '12,345/s']);
});
