import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommandLine } from './command-line.ts';

test('seeds are counted from the first, and one seed runs alone', () => {
  const many = parseCommandLine(['--seeds', '2000', '--from', '7', '--shards', '8']);
  assert.deepEqual([many.from, many.count, many.single, many.shardCount], [7, 2_000, false, 8]);
  const one = parseCommandLine(['--seed', '12', '--verbose']);
  assert.deepEqual([one.from, one.count, one.single, one.verbose], [12, 1, true, true]);
});

test('what makes no sense is refused', () => {
  assert.throws(() => parseCommandLine(['--seed', 'x']), /--seed takes a whole number above 0, not x/);
  assert.throws(() => parseCommandLine(['--bug', 'no-such']), /unknown bug no-such; known: ack-before-commit/);
  assert.throws(() => parseCommandLine(['--nonsense']));
});
