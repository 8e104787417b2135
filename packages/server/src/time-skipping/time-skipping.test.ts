import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRejection } from '@perdure/core';
import { TestHost } from '../testing/test-host.ts';
import { TimeSkipping, type TimeUser } from './time-skipping.ts';

/** What lives by the clock: it has deadlines, and may be busy. */
class Sleepy implements TimeUser {
  tasksAtWork = 0;
  deadlines: number[] = [];
  readonly woken: number[] = [];
  now: () => number = () => 0;
  written: () => void = () => undefined;

  nextDeadlineMs(): Promise<number | undefined> {
    return Promise.resolve(this.deadlines[0]);
  }

  whenWritten(callback: () => void): void {
    this.written = callback;
  }

  timeHasJumped(): void {
    while ((this.deadlines[0] ?? Infinity) <= this.now()) this.woken.push(this.deadlines.shift() ?? 0);
  }
}

function make(start: 'locked' | 'unlocked'): {
  host: TestHost;
  time: TimeSkipping;
  user: Sleepy;
  look(): Promise<void>;
} {
  const host = new TestHost();
  const time = new TimeSkipping(host, start);
  const user = new Sleepy();
  user.now = () => time.now();
  time.start(user);
  const look = (): Promise<void> => {
    user.written();
    return host.settle();
  };
  return { host, time, user, look };
}

const HOUR_MS = 3_600_000;
const never = new AbortController().signal;

test('unlocked, time jumps from deadline to deadline, and no further', async () => {
  const { host, time, user, look } = make('unlocked');
  const startMs = host.now();
  user.deadlines = [startMs + HOUR_MS, startMs + 2 * HOUR_MS];
  await look();
  assert.equal(time.now(), startMs + HOUR_MS);
  assert.deepEqual(user.woken, [startMs + HOUR_MS]);
  await look();
  assert.equal(time.now(), startMs + 2 * HOUR_MS);
  await look();
  // Nothing waits for time any more: it runs as the host's.
  assert.ok(time.now() < startMs + 2 * HOUR_MS + 100);
});

test('what is at work holds the time, and so does a lock', async () => {
  const { host, time, user, look } = make('unlocked');
  const startMs = host.now();
  user.deadlines = [startMs + HOUR_MS];
  user.tasksAtWork = 1;
  await look();
  time.lock();
  user.tasksAtWork = 0;
  await look();
  assert.deepEqual(user.woken, []);
  assert.equal(time.unlock(), undefined);
  await look();
  assert.deepEqual(user.woken, [startMs + HOUR_MS]);
});

test('locks are counted, and no more are taken away than there are', () => {
  const { time } = make('locked');
  time.lock();
  assert.equal(time.unlock(), undefined);
  assert.equal(time.unlock(), undefined);
  assert.ok(isRejection(time.unlock()));
});

test('one that is at work gives its own lock away while it sleeps', async () => {
  const { time, user, look } = make('unlocked');
  const startMs = time.now();
  user.deadlines = [startMs + HOUR_MS];
  user.tasksAtWork = 2;
  assert.equal(time.unlock(), undefined);
  await look();
  assert.deepEqual(user.woken, []);
  assert.equal(time.unlock(), undefined);
  assert.ok(isRejection(time.unlock()));
  await look();
  assert.deepEqual(user.woken, [startMs + HOUR_MS]);
  user.deadlines = [startMs + 2 * HOUR_MS];
  time.lock();
  await look();
  assert.deepEqual(user.woken, [startMs + HOUR_MS]);
});

test('a sleeper is a deadline like any other', async () => {
  const { host, time, user, look } = make('locked');
  const startMs = host.now();
  user.deadlines = [startMs + HOUR_MS, startMs + 3 * HOUR_MS];
  let awake = false;
  const slept = time.sleepUntil(time.now() + 2 * HOUR_MS, never).then(() => (awake = true));
  await look();
  assert.equal(awake, false);
  time.unlock();
  await look();
  assert.deepEqual(user.woken, [startMs + HOUR_MS]);
  assert.equal(awake, false);
  await look();
  await slept;
  assert.ok(time.now() >= startMs + 2 * HOUR_MS && time.now() < startMs + 3 * HOUR_MS);
});

test('while it is locked a sleeper wakes when the time has passed, or when its caller is gone', async () => {
  const { host, time } = make('locked');
  const controller = new AbortController();
  let woken = 0;
  const both = [controller.signal, never].map((signal) => time.sleepUntil(time.now() + 50, signal).then(() => woken++));
  controller.abort();
  await both[0];
  assert.equal(woken, 1);
  await host.advance(50);
  await both[1];
  assert.equal(woken, 2);
});

test('timers of the host last as long as they said, however the clock jumps', async () => {
  const { host, time, user, look } = make('unlocked');
  user.deadlines = [host.now() + HOUR_MS];
  let rang = false;
  time.host.setTimer(time.host.now() + 1_000, () => (rang = true));
  await look();
  assert.equal(rang, false);
  await host.advance(1_000);
  assert.equal(rang, true);
});

test('nobody looks while all wait for others', async () => {
  const { host, time, user, look } = make('unlocked');
  const startMs = host.now();
  await host.settle();
  user.deadlines = [startMs + HOUR_MS];
  await host.advance(1_000);
  assert.equal(time.now(), startMs + 1_000);
  await look();
  assert.equal(time.now(), startMs + HOUR_MS);
});

test('what ends without anything written is looked at again', async () => {
  const { host, user } = make('unlocked');
  user.tasksAtWork = Infinity;
  user.deadlines = [host.now() + HOUR_MS];
  await host.advance(100);
  assert.deepEqual(user.woken, []);
  user.tasksAtWork = 0;
  await host.advance(20);
  assert.equal(user.woken.length, 1);
});
