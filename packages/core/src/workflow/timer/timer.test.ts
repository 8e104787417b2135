import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandType, EventType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type { Command } from '@perdure/proto/types';
import { DURATION_MS_MAX, toDuration } from '../../kernel/time.ts';
import { cancelTimer, signalOf, timeline } from '../testing-requests.ts';
import { Bench, command } from '../testing.ts';

const { startTimer } = command;

function withTimers(...commands: Command[]): Bench {
  const bench = new Bench();
  bench.start();
  bench.complete(commands);
  return bench;
}

function timerOf(timerId: string, startToFireTimeout: { seconds?: number; nanos?: number }): Command {
  return { commandType: CommandType.StartTimer, startTimerCommandAttributes: { timerId, startToFireTimeout } };
}

test('a timer fires when its time has come, not before, and wakes the workflow', () => {
  const bench = withTimers(startTimer('a', 60));
  assert.deepEqual(bench.last(EventType.TimerStarted).timerStartedEventAttributes, {
    timerId: 'a',
    startToFireTimeout: { seconds: 60 },
    workflowTaskCompletedEventId: 4,
  });
  bench.advance(59_999);
  assert.equal(bench.events().length, 5);
  bench.advance(1);
  assert.deepEqual(timeline(bench.events().slice(5)), ['6 TimerFired after 60s', '7 WorkflowTaskScheduled after 60s']);
  assert.deepEqual(bench.last(EventType.TimerFired).timerFiredEventAttributes, { timerId: 'a', startedEventId: 5 });
  assert.equal(bench.run.timers.size, 0);
});

test('timers fire by their time; those of the same time in the order in which they were started', () => {
  const bench = withTimers(startTimer('c', 3), startTimer('b', 2), startTimer('a', 2), startTimer('d', 2));
  bench.advance(3_000);
  const fired = bench.events().flatMap((event) => event.timerFiredEventAttributes?.timerId ?? []);
  assert.deepEqual(fired, ['b', 'a', 'd', 'c']);
});

test('timers that are due together are seen by one workflow task', () => {
  const bench = withTimers(startTimer('a', 2), startTimer('b', 2));
  bench.advance(2_000);
  assert.deepEqual(bench.history(7), ['7 TimerFired', '8 TimerFired', '9 WorkflowTaskScheduled']);
});

test('timers that have come due while nobody looked fire late, in their order', () => {
  const bench = withTimers(startTimer('b', 2), startTimer('a', 1));
  bench.nowMs += 10_000;
  bench.ok({ kind: 'wake', runId: '' });
  assert.deepEqual(timeline(bench.events().slice(6)), [
    '7 TimerFired after 10s',
    '8 TimerFired after 10s',
    '9 WorkflowTaskScheduled after 10s',
  ]);
  assert.equal(bench.events()[6]?.timerFiredEventAttributes?.timerId, 'a');
});

test('a timer of no duration fires at once', () => {
  const bench = withTimers(startTimer('a', 0));
  bench.advance(0);
  assert.deepEqual(bench.history(6), ['6 TimerFired', '7 WorkflowTaskScheduled']);
});

test('a part of a millisecond is a whole one, so that no timer fires early', () => {
  const bench = withTimers(timerOf('a', { nanos: 1 }));
  bench.advance(0);
  assert.equal(bench.run.timers.size, 1);
  bench.advance(1);
  assert.equal(bench.run.timers.size, 0);
});

test('a timer lasts no longer than 100 years', () => {
  const bench = withTimers(timerOf('a', { seconds: 200 * 365 * 24 * 3_600 }));
  const started = bench.last(EventType.TimerStarted).timerStartedEventAttributes;
  assert.deepEqual(started?.startToFireTimeout, toDuration(DURATION_MS_MAX));
});

test('a timer that is cancelled does not fire', () => {
  const bench = withTimers(startTimer('a', 60), startTimer('b', 60));
  bench.ok(signalOf('wake up'));
  bench.complete([cancelTimer('a')]);
  assert.deepEqual(bench.last(EventType.TimerCanceled).timerCanceledEventAttributes, {
    timerId: 'a',
    startedEventId: 5,
    workflowTaskCompletedEventId: 10,
    identity: 'workflow-worker',
  });
  bench.advance(60_000);
  assert.deepEqual(bench.history(12), ['12 TimerFired', '13 WorkflowTaskScheduled']);
  assert.equal(bench.last(EventType.TimerFired).timerFiredEventAttributes?.timerId, 'b');
});

test('an id may be used again once its timer is gone, in the same task even', () => {
  const bench = withTimers(startTimer('a', 60), cancelTimer('a'), startTimer('a', 30));
  assert.deepEqual(bench.history(5), ['5 TimerStarted', '6 TimerCanceled', '7 TimerStarted']);
  bench.ok(signalOf('wake up'));
  bench.complete([cancelTimer('a'), startTimer('a', 10)]);
  bench.advance(10_000);
  assert.equal(bench.last(EventType.TimerFired).timerFiredEventAttributes?.startedEventId, 13);
  bench.advance(60_000);
  assert.equal(bench.history().at(-1), '15 WorkflowTaskScheduled');
});

test('a timer that has another one behind it does not wait for it', () => {
  const bench = withTimers(startTimer('far', 3_600), startTimer('near', 1));
  bench.advance(1_000);
  assert.equal(bench.run.timers.has('far'), true);
  assert.equal(bench.run.timers.has('near'), false);
});

const START = WorkflowTaskFailedCause.BadStartTimerAttributes;
const CANCEL = WorkflowTaskFailedCause.BadCancelTimerAttributes;
const TWICE = WorkflowTaskFailedCause.StartTimerDuplicateId;
const LONG = 'x'.repeat(1_001);

/** Commands that fail their task, behind a run that has timer `a`; with the cause and what the message says of it. */
const BAD: readonly [cause: WorkflowTaskFailedCause, message: string, commands: readonly Command[]][] = [
  [START, 'StartTimerCommandAttributes is not set on StartTimerCommand.', [{ commandType: CommandType.StartTimer }]],
  [START, 'TimerId is not set on StartTimerCommand.', [startTimer('', 1)]],
  [
    START,
    `TimerId on StartTimerCommand exceeds length limit. TimerId=${LONG} Length=1001 Limit=1000`,
    [startTimer(LONG, 1)],
  ],
  [
    START,
    'An invalid StartToFireTimeout is set on StartTimerCommand: negative duration. TimerId=b',
    [startTimer('b', -1)],
  ],
  [TWICE, 'invalid history builder state for action: add-timer-started-event, TimerID: a', [startTimer('a', 1)]],
  [
    TWICE,
    'invalid history builder state for action: add-timer-started-event, TimerID: b',
    [startTimer('b', 1), startTimer('b', 2)],
  ],
  [
    CANCEL,
    'CancelTimerCommandAttributes is not set on CancelTimerCommand.',
    [{ commandType: CommandType.CancelTimer }],
  ],
  [CANCEL, 'TimerId is not set on CancelTimerCommand.', [cancelTimer('')]],
  [
    CANCEL,
    `TimerId on CancelTimerCommand exceeds length limit. TimerId=${LONG} Length=1001 Limit=1000`,
    [cancelTimer(LONG)],
  ],
  [
    CANCEL,
    'invalid history builder state for action: add-timer-canceled-event, TimerID: b',
    [startTimer('b', 1), cancelTimer('b'), cancelTimer('b')],
  ],
  [
    CANCEL,
    'invalid history builder state for action: add-timer-canceled-event, TimerID: a',
    [cancelTimer('a'), cancelTimer('a')],
  ],
];

const CAUSE_NAMES = new Map<WorkflowTaskFailedCause, string>([
  [START, 'BadStartTimerAttributes'],
  [CANCEL, 'BadCancelTimerAttributes'],
  [TWICE, 'StartTimerDuplicateId'],
]);

test('what is wrong with a timer command', () => {
  for (const [cause, message, commands] of BAD) {
    const bench = withTimers(startTimer('a', 60));
    bench.ok(signalOf('wake up'));
    const { failure } = bench.complete(commands);
    assert.equal(failure?.message, `${CAUSE_NAMES.get(cause)}: ${message}`);
    assert.equal(bench.last(EventType.WorkflowTaskFailed).workflowTaskFailedEventAttributes?.cause, cause);
    assert.deepEqual([...bench.run.timers.keys()], ['a']);
  }
});
