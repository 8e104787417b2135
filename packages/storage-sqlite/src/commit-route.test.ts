import assert from 'node:assert/strict';
import test from 'node:test';
import { chooseRoute, type CommitSize, initialRouteState, observeCommit, type RouteState } from './commit-route.ts';

const small: CommitSize = { rows: 4, bytes: 1_200 };
const fast = { statementsMs: 0.02, commitMs: 0.2 };
const slow = { statementsMs: 0.02, commitMs: 10 };

function after(state: RouteState, timing: typeof fast, times: number, size = small): RouteState {
  let learnt = state;
  for (let count = 0; count < times; count++) learnt = observeCommit(learnt, size, timing);
  return learnt;
}

test('small commits on a fast disk stay on the loop and start no thread', () => {
  const state = after(initialRouteState, fast, 100);
  assert.deepEqual(chooseRoute(state, small, false), { route: 'loop', startThread: false });
});

test('one slow commit is noise', () => {
  const state = after(after(after(initialRouteState, fast, 10), slow, 1), fast, 1);
  assert.deepEqual(chooseRoute(after(state, slow, 1), small, false), { route: 'loop', startThread: false });
});

test('two slow commits in a row: all that follow wait for the thread, which has yet to start', () => {
  const state = after(initialRouteState, slow, 2);
  assert.deepEqual(chooseRoute(state, small, false), { route: 'thread', startThread: true });
});

test('the loop takes commits back only when the disk has been fast for a while', () => {
  const slowDisk = after(initialRouteState, slow, 2);
  assert.equal(chooseRoute(after(slowDisk, fast, 10), small, true).route, 'thread');
  assert.equal(chooseRoute(after(slowDisk, fast, 100), small, true).route, 'loop');
  const middling = { statementsMs: 0.02, commitMs: 0.8 };
  assert.equal(chooseRoute(after(slowDisk, middling, 1_000), small, true).route, 'thread', 'no going to and fro');
  assert.equal(chooseRoute(after(initialRouteState, middling, 1_000), small, true).route, 'loop');
});

test('a large commit goes to the thread once there is one, and has it started', () => {
  const large: CommitSize = { rows: 2_000, bytes: 1_000_000 };
  assert.deepEqual(chooseRoute(initialRouteState, large, false), { route: 'loop', startThread: true });
  assert.deepEqual(chooseRoute(initialRouteState, large, true), { route: 'thread', startThread: true });
});

test('what a large commit copies is not taken for a slow disk', () => {
  const large: CommitSize = { rows: 1_000, bytes: 1_000_000 };
  const state = after(initialRouteState, { statementsMs: 4, commitMs: 3 }, 100, large);
  assert.equal(state.diskIsSlow, false);
});
