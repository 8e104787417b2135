import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deadlines, type Expiring } from './deadlines.ts';

const never: Expiring = { expire: () => assert.fail('it has ended before') };

function expired(deadlines: Deadlines, nowMs: number, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => void deadlines.add({ expire: resolve }, nowMs, timeoutMs));
}

test('calls expire after their time, those that ended before do not', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const deadlines = new Deadlines();
  const seen: number[] = [];
  for (const timeoutMs of [0, 30, 1_000, 60_000]) {
    void expired(deadlines, 0, timeoutMs).then(() => seen.push(timeoutMs));
    deadlines.add(never, 0, timeoutMs)?.delete(never);
  }
  const after = async (ms: number): Promise<number[]> => {
    context.mock.timers.tick(ms);
    await Promise.resolve();
    await Promise.resolve();
    return seen.splice(0);
  };
  assert.deepEqual(await after(29), [0]);
  assert.deepEqual(await after(9), [30]);
  assert.deepEqual(await after(900), []);
  assert.deepEqual(await after(78), [1_000]);
  assert.deepEqual(await after(58_000), []);
  assert.deepEqual(await after(2_000), [60_000]);
});

test('deadlines that are close together share a timer', () => {
  const deadlines = new Deadlines();
  assert.equal(deadlines.add(never, 5, 60_000), deadlines.add(never, 400, 60_000));
  assert.notEqual(deadlines.add(never, 5, 60_000), deadlines.add(never, 5, 30_000));
});

test('a deadline in months needs no timer', () => {
  assert.equal(new Deadlines().add(never, 0, 2 ** 31), undefined);
});
