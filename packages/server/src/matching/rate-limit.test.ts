import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RATE_PER_SECOND_MAX, RateLimit } from './rate-limit.ts';

const START_MS = 1_000_000;

function limitOf(perSecond: number): RateLimit {
  const limit = new RateLimit();
  limit.set(perSecond, START_MS);
  return limit;
}

/** How many tokens can be had at that time. */
function drain(limit: RateLimit, nowMs: number): number {
  let count = 0;
  while (limit.take(nowMs)) count += 1;
  return count;
}

test('a queue gives what a second brings at once, and then at its rate', () => {
  const limit = limitOf(5);
  assert.equal(drain(limit, START_MS), 5);
  assert.equal(limit.readyAtMs(START_MS), START_MS + 200);
  assert.equal(drain(limit, START_MS + 199), 0);
  assert.equal(drain(limit, START_MS + 200), 1);
  assert.equal(drain(limit, START_MS + 800), 3);
  assert.equal(drain(limit, START_MS + 60_000), 5);
});

test('less than one a second is one now and then', () => {
  const limit = limitOf(0.5);
  assert.equal(drain(limit, START_MS), 1);
  assert.equal(limit.readyAtMs(START_MS), START_MS + 2_000);
  assert.equal(drain(limit, START_MS + 1_999), 0);
  assert.equal(drain(limit, START_MS + 2_000), 1);
});

test('at a rate of 0 nothing leaves, until it is raised', () => {
  const limit = limitOf(0);
  assert.equal(drain(limit, START_MS + 60_000), 0);
  assert.equal(limit.readyAtMs(START_MS), undefined);
  limit.set(1, START_MS + 60_000);
  assert.equal(drain(limit, START_MS + 60_999), 0);
  assert.equal(drain(limit, START_MS + 61_000), 1);
});

test('a lower rate holds at once, the highest one holds nothing back', () => {
  const limit = limitOf(100);
  limit.set(2, START_MS);
  assert.equal(drain(limit, START_MS), 2);
  limit.set(RATE_PER_SECOND_MAX, START_MS);
  assert.equal(limit.isLimited, false);
  for (let count = 0; count < 1_000; count++) assert.equal(limit.take(START_MS), true);
});

test('a token comes back', () => {
  const limit = limitOf(1);
  assert.equal(limit.take(START_MS), true);
  limit.giveBack();
  assert.equal(drain(limit, START_MS), 1);
});
