import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUGS } from './bugs/bugs.ts';
import { simulate, type Result } from './simulate.ts';

const STEPS = 1_000;

/** Runs seeds from the first on, until one fails. */
async function firstFailure(from: number, count: number, bug?: string): Promise<Result | undefined> {
  for (let seed = from; seed < from + count; seed++) {
    const result = await simulate({ seed, steps: STEPS, bug: bug === undefined ? undefined : BUGS[bug] });
    if (result.failure !== undefined) return result;
  }
  return undefined;
}

test('the server holds its invariants', async () => {
  const failed = await firstFailure(1, 60);
  assert.equal(failed?.failure?.message, undefined, `seed ${failed?.seed}`);
});

for (const shardCount of [1, 8]) {
  test(`a seed runs twice in the same way, with ${shardCount} shards`, async () => {
    const [first, second] = [
      await simulate({ seed: 7, steps: STEPS, shardCount }),
      await simulate({ seed: 7, steps: STEPS, shardCount }),
    ];
    assert.equal(first.failure?.message, undefined);
    assert.deepEqual(second, first);
    assert.notEqual((await simulate({ seed: 8, steps: STEPS, shardCount })).traceHash, first.traceHash);
  });
}

/** Each deliberate bug, the invariants that may catch it, and within how many seeds it has to be found. */
const FOUND: readonly (readonly [bug: string, invariants: readonly number[], seeds: number])[] = [
  ['ack-before-commit', [1], 1],
  ['timer-lost-on-reload', [13], 120],
  ['completion-accepted-twice', [8, 39], 30],
  ['update-runs-twice', [18, 39], 30],
  ['schedule-acts-twice', [36], 60],
  ['removal-too-early', [38], 2],
  ['retention-ignored', [46], 20],
  ['namespace-gone-too-early', [45], 20],
];

for (const [bug, invariants, seeds] of FOUND) {
  test(`the deliberate bug ${bug} is found, and found again by its seed`, async () => {
    const found = await firstFailure(1, seeds, bug);
    assert.ok(found?.failure, `not found within ${seeds} seeds`);
    assert.ok(invariants.includes(found.failure.invariant), found.failure.message);
    const again = await firstFailure(found.seed, 1, bug);
    assert.deepEqual(again, found);
  });
}
