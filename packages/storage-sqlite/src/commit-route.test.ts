import assert from 'node:assert/strict';
import test from 'node:test';
import {
  chooseRoute,
  type CommitSize,
  initialRouteState,
  observeCommit,
  observeLoop,
  type RouteState,
} from './commit-route.ts';

const small: CommitSize = { rows: 4, bytes: 1_200 };
const large: CommitSize = { rows: 2_000, bytes: 1_000_000 };

function after(tookMs: number, times: number, size = small): RouteState {
  let learnt = initialRouteState;
  for (let count = 0; count < times; count++) learnt = observeCommit(learnt, size, tookMs);
  return learnt;
}

test('small commits stay on the loop and start no thread', () => {
  assert.deepEqual(chooseRoute(after(0.02, 100), small, false), { route: 'loop', startThread: false });
});

test('a large commit goes to the thread once there is one, and has it started', () => {
  assert.deepEqual(chooseRoute(initialRouteState, large, false), { route: 'loop', startThread: true });
  assert.deepEqual(chooseRoute(initialRouteState, large, true), { route: 'thread', startThread: true });
});

test('which commit is large is learnt from what rows take', () => {
  const hundred: CommitSize = { rows: 100, bytes: 0 };
  assert.equal(chooseRoute(after(0.02, 100), hundred, true).route, 'loop');
  assert.equal(chooseRoute(after(0.4, 100), hundred, true).route, 'thread');
});

test('one commit that takes long is noise', () => {
  const state = observeCommit(after(0.02, 100), small, 2);
  assert.equal(chooseRoute(state, small, true).route, 'loop');
});

test('a loop that is busy gives its commits to the thread, and takes them back when it is relieved', () => {
  const busy = observeLoop(initialRouteState, 0.9);
  assert.deepEqual(chooseRoute(busy, small, false), { route: 'loop', startThread: true });
  assert.equal(chooseRoute(busy, small, true).route, 'thread');
  assert.equal(chooseRoute(observeLoop(busy, 0.7), small, true).route, 'thread', 'no going to and fro');
  assert.equal(chooseRoute(observeLoop(busy, 0.5), small, true).route, 'loop');
  assert.equal(chooseRoute(observeLoop(initialRouteState, 0.7), small, true).route, 'loop');
});
