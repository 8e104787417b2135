import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from './random.ts';

function numbers(random: Random): number[] {
  return Array.from({ length: 20 }, () => random.int(0, 1_000_000));
}

test('the same seed and name give the same numbers, others do not', () => {
  const seeds = [new Random(1), new Random(2), new Random(1, 'a'), new Random(1, 'b'), new Random(2 ** 40 + 1)];
  assert.deepEqual(numbers(new Random(1)), numbers(new Random(1)));
  assert.deepEqual(numbers(new Random(1).fork('a')), numbers(new Random(1, 'a')));
  assert.equal(new Set(seeds.map((random) => numbers(random).join())).size, seeds.length);
});

test('numbers are spread over their range', () => {
  const random = new Random(3);
  const counts = new Map<number, number>();
  for (let round = 0; round < 10_000; round++) {
    const number = random.int(1, 10);
    counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  assert.deepEqual(
    [...counts.keys()].toSorted((a, b) => a - b),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
  for (const count of counts.values()) assert.ok(count > 850 && count < 1_150, `${count} of 10,000`);
});

test('chances and weights are kept', () => {
  const random = new Random(4);
  const heads = Array.from({ length: 10_000 }, () => random.chance(0.1)).filter(Boolean).length;
  assert.ok(heads > 900 && heads < 1_100, `${heads} of 10,000`);
  const rare = Array.from({ length: 10_000 }, () => random.weighted({ often: 9, seldom: 1, never: 0 }));
  assert.ok(!rare.includes('never'));
  const seldom = rare.filter((key) => key === 'seldom').length;
  assert.ok(seldom > 900 && seldom < 1_100, `${seldom} of 10,000`);
});
