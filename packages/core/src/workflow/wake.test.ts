import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outward } from './testing-family.ts';
import { STICKY, failureOf, signalOf, terminateOf, timeline } from './testing-requests.ts';
import { Bench, START_MS, command, refusal } from './testing.ts';
import { wakeAtMs } from './wake.ts';

/** When the run has to be woken, in seconds since the bench began; undefined where it need not be. */
function wakeAfter(bench: Bench): number | undefined {
  const atMs = wakeAtMs(bench.run);
  return atMs === undefined ? undefined : (atMs - START_MS) / 1_000;
}

test('a run that waits for others only is not woken', () => {
  const bench = new Bench();
  bench.start();
  assert.equal(wakeAfter(bench), undefined);
  bench.complete([]);
  assert.equal(wakeAfter(bench), undefined);
});

test('a run is woken by its earliest deadline', () => {
  const bench = new Bench();
  bench.start({ workflowExecutionTimeout: { seconds: 1_000 }, workflowRunTimeout: { seconds: 500 } });
  assert.equal(wakeAfter(bench), 500);
  const task = bench.workflowTask();
  assert.equal(wakeAfter(bench), 10);
  bench.complete([command.startTimer('a', 100), command.startTimer('b', 50)], {}, task);
  assert.equal(wakeAfter(bench), 50);
  bench.advance(50_000);
  assert.equal(wakeAfter(bench), 100);
  bench.complete([], STICKY);
  bench.ok(signalOf('go'));
  assert.equal(wakeAfter(bench), 55);
});

test('a delayed start is a deadline, and so is a back-off between runs', () => {
  const bench = new Bench();
  bench.start({ workflowStartDelay: { seconds: 30 } });
  assert.equal(wakeAfter(bench), 30);
  bench.advance(30_000);
  bench.complete([outward.continueAsNew({ backoffStartInterval: { seconds: 5 } })]);
  assert.equal(wakeAfter(bench), 35);
});

test('a deadline that is dropped wakes nobody', () => {
  const bench = new Bench();
  bench.start();
  const task = bench.workflowTask();
  assert.equal(wakeAfter(bench), 10);
  bench.ok(failureOf(task));
  assert.equal(wakeAfter(bench), undefined);
  bench.complete([command.startTimer('a', 100)]);
  bench.ok(terminateOf());
  assert.equal(wakeAfter(bench), undefined);
});

test('a wake-up that finds nothing due does nothing', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([command.startTimer('a', 100)]);
  const { transitionCount } = bench.run;
  assert.deepEqual(bench.ok({ kind: 'wake', runId: '' }), { runId: bench.run.runId });
  assert.equal(bench.events().length, 5);
  assert.equal(bench.run.transitionCount, transitionCount);
  bench.ok(terminateOf());
  bench.ok({ kind: 'wake', runId: '' });
  assert.equal(bench.events().length, 6);
});

test('a wake-up that comes late does all that is due, earliest first, until the run has closed', () => {
  const bench = new Bench();
  bench.start({ workflowRunTimeout: { seconds: 60 } });
  bench.complete([command.startTimer('late', 90), command.startTimer('b', 20), command.startTimer('a', 10)]);
  bench.nowMs += 100_000;
  bench.ok({ kind: 'wake', runId: '' });
  assert.deepEqual(timeline(bench.events().slice(7)), [
    '8 TimerFired after 100s',
    '9 TimerFired after 100s',
    '10 WorkflowExecutionTimedOut after 100s',
  ]);
  assert.equal(bench.events()[7]?.timerFiredEventAttributes?.timerId, 'a');
});

test('a task that is over wakes the next in the same breath as the timers that were due', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([command.startTimer('before', 4), command.startTimer('after', 12)]);
  bench.ok(signalOf('go'));
  bench.workflowTask();
  bench.nowMs += 20_000;
  bench.ok({ kind: 'wake', runId: '' });
  assert.deepEqual(bench.history(10), [
    '10 WorkflowTaskTimedOut',
    '11 TimerFired',
    '12 WorkflowTaskScheduled',
    '13 TimerFired',
  ]);
});

test('an older run is woken by its id; one that nobody knows is refused', () => {
  const bench = new Bench();
  const first = bench.start();
  bench.ok(terminateOf());
  bench.start();
  assert.equal(bench.ok({ kind: 'wake', runId: first.runId }).runId, first.runId);
  assert.equal(
    refusal(bench.send({ kind: 'wake', runId: 'unknown' })).message,
    'workflow execution not found for workflow ID "workflow" and run ID "unknown"',
  );
});
