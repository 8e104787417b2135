import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TaskRate } from './task-rate.ts';

test('a rate is that of the last half minute', () => {
  const rate = new TaskRate(1_000);
  assert.equal(rate.perSecond(1_000), 0);
  for (let second = 0; second < 60; second++) {
    rate.note(1_000 + second * 1_000);
    rate.note(1_000 + second * 1_000);
  }
  assert.equal(rate.perSecond(61_000), 2);
  assert.equal(rate.perSecond(76_000), 1);
  assert.equal(rate.perSecond(1_000_000), 0);
});

test('what has just begun is measured by its own time', () => {
  const rate = new TaskRate(0);
  for (let count = 0; count < 10; count++) rate.note(0);
  assert.equal(rate.perSecond(2_000), 5);
});
