import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Scheduler } from './scheduler.ts';

test('callbacks run by their time, those of one instant in the order in which they were asked for', async () => {
  const scheduler = new Scheduler(0);
  const seen: string[] = [];
  scheduler.after(20, () => seen.push(`third at ${scheduler.nowMs}`));
  scheduler.after(10, () => seen.push(`first at ${scheduler.nowMs}`));
  scheduler.after(10, () => seen.push(`second at ${scheduler.nowMs}`));
  scheduler.after(15, () => seen.push('never')).cancel();
  assert.equal(await scheduler.run(() => false), false);
  assert.deepEqual(seen, ['first at 10', 'second at 10', 'third at 20']);
});

test('the clock stands until every promise has settled', async () => {
  const scheduler = new Scheduler(0);
  const seen: string[] = [];
  scheduler.after(1, () => {
    void (async () => {
      for (let round = 0; round < 100; round++) await Promise.resolve();
      seen.push(`settled at ${scheduler.nowMs}`);
    })();
  });
  scheduler.after(2, () => seen.push(`next at ${scheduler.nowMs}`));
  await scheduler.run(() => false);
  assert.deepEqual(seen, ['settled at 1', 'next at 2']);
});

test('a failure ends the run', async () => {
  const scheduler = new Scheduler(0);
  scheduler.after(1, () => scheduler.fail(new Error('broken')));
  scheduler.after(2, () => assert.fail('goes on'));
  await assert.rejects(
    scheduler.run(() => false),
    /broken/,
  );
});

test('it stops where it is asked to, and goes on from there', async () => {
  const scheduler = new Scheduler(0);
  let count = 0;
  const again = (): void => {
    count += 1;
    scheduler.after(1, again);
  };
  again();
  assert.equal(await scheduler.run(() => count === 5), true);
  assert.equal(scheduler.nowMs, 4);
  await scheduler.run(() => count === 6);
  assert.equal(scheduler.nowMs, 5);
});
