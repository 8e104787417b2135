import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeadlineQueue } from './deadline-queue.ts';

/** A queue and the owners' word for each key. */
function armed(deadlines: readonly (readonly [key: string, atMs: number])[]) {
  const queue = new DeadlineQueue<string>();
  const actual = new Map<string, number>();
  const arm = (key: string, atMs: number): void => {
    actual.set(key, atMs);
    queue.arm(key, atMs);
  };
  for (const [key, atMs] of deadlines) arm(key, atMs);
  const next = (): number | undefined => queue.next((key) => actual.get(key));
  const take = (nowMs: number): string | undefined => {
    const key = queue.takeDue(nowMs, (candidate) => actual.get(candidate));
    if (key !== undefined) actual.delete(key);
    return key;
  };
  return { queue, actual, arm, next, take };
}

test('deadlines come up by their time, and not before it', () => {
  const { next, take } = armed([
    ['c', 30],
    ['a', 10],
    ['b', 20],
  ]);
  assert.equal(next(), 10);
  assert.equal(take(9), undefined);
  assert.equal(take(10), 'a');
  assert.equal(take(100), 'b');
  assert.equal(next(), 30);
  assert.equal(take(100), 'c');
  assert.equal(next(), undefined);
  assert.equal(take(100), undefined);
});

test('deadlines of the same time come up in the order in which they were armed', () => {
  const names = ['d', 'a', 'c', 'b', 'f', 'e', 'g'];
  const { take } = armed([['last', 2], ...names.map((name) => [name, 1] as const)]);
  const taken = [...names, 'last'].map(() => take(2));
  assert.deepEqual(taken, [...names, 'last']);
});

test('a deadline that its owner has moved later comes up then', () => {
  const { actual, next, take } = armed([
    ['a', 10],
    ['b', 20],
  ]);
  actual.set('a', 30);
  assert.equal(take(10), undefined);
  assert.equal(next(), 20);
  assert.equal(take(20), 'b');
  assert.equal(take(29), undefined);
  assert.equal(take(30), 'a');
});

test('a deadline that is armed earlier comes up earlier, and once', () => {
  const { arm, next, take } = armed([['a', 30]]);
  arm('a', 10);
  assert.equal(next(), 10);
  assert.equal(take(10), 'a');
  assert.equal(take(30), undefined);
  arm('a', 40);
  assert.equal(take(40), 'a');
});

test('a deadline that its owner has dropped does not come up', () => {
  const { actual, next } = armed([
    ['a', 10],
    ['b', 20],
  ]);
  actual.delete('a');
  assert.equal(next(), 20);
});

test('no deadline is none to arm', () => {
  const queue = new DeadlineQueue<string>();
  queue.arm('a', undefined);
  assert.equal(
    queue.next(() => 1),
    undefined,
  );
});

test('many deadlines in any order come up in theirs', () => {
  // A permutation of 0..1008 by a generator of the numbers below the prime 1009.
  const times = Array.from({ length: 1_008 }, (_, index) => ((index + 1) * 11) % 1_009);
  const { actual, arm, take } = armed(times.map((atMs) => [`key${atMs}`, atMs] as const));
  for (const atMs of times) if (atMs % 3 === 0) actual.delete(`key${atMs}`);
  for (const atMs of times) if (atMs % 3 === 1) arm(`key${atMs}`, atMs + 2_000);
  const taken: string[] = [];
  for (let key = take(10_000); key !== undefined; key = take(10_000)) taken.push(key);
  const sorted = [...times].sort((a, b) => a - b);
  const expected = [...sorted.filter((atMs) => atMs % 3 === 2), ...sorted.filter((atMs) => atMs % 3 === 1)];
  assert.deepEqual(
    taken,
    expected.map((atMs) => `key${atMs}`),
  );
});
