import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType } from '@perdure/proto/enums';
import type { HistoryEvent } from '@perdure/proto/types';
import { Violation } from '../kernel/violation.ts';
import { toPayloads } from './payload.ts';
import type { Program } from './program.ts';
import { Replay } from './replay.ts';

const program: Program = {
  steps: [{ kind: 'marker' }, { kind: 'timer', ms: 10 }],
  onCancel: 'ignore',
  finish: 'complete',
  awaitsUpdates: false,
  continuations: 0,
};

const started: HistoryEvent = {
  eventId: 1,
  eventType: EventType.WorkflowExecutionStarted,
  workflowExecutionStartedEventAttributes: { input: toPayloads(program), attempt: 1 },
};
const scheduled: HistoryEvent = { eventId: 2, eventType: EventType.WorkflowTaskScheduled };
const taskStarted: HistoryEvent = { eventId: 3, eventType: EventType.WorkflowTaskStarted };
const completed: HistoryEvent = { eventId: 4, eventType: EventType.WorkflowTaskCompleted };
const marker: HistoryEvent = {
  eventId: 5,
  eventType: EventType.MarkerRecorded,
  markerRecordedEventAttributes: { markerName: 'marker-1', workflowTaskCompletedEventId: 4 },
};
const timer: HistoryEvent = {
  eventId: 6,
  eventType: EventType.TimerStarted,
  timerStartedEventAttributes: { timerId: 'timer-2', workflowTaskCompletedEventId: 4 },
};
const signaled: HistoryEvent = {
  eventId: 6,
  eventType: EventType.WorkflowExecutionSignaled,
  workflowExecutionSignaledEventAttributes: { input: toPayloads({ sender: 'a', number: 1, id: 'a-1' }) },
};

function violates(invariant: number): (error: unknown) => boolean {
  return (error) => error instanceof Violation && error.invariant === invariant;
}

test('a started task gives the commands of the workflow, and the events that record them are known again', () => {
  const replay = new Replay('w', 'r');
  const { commands } = replay.feed([started, scheduled, taskStarted]);
  assert.deepEqual(
    commands.map((command) => command.recordMarkerCommandAttributes ?? command.startTimerCommandAttributes?.timerId),
    [{ markerName: 'marker-1' }, 'timer-2'],
  );
  assert.deepEqual(replay.feed([completed, marker, timer]).commands, []);
  replay.end();
});

test('a history whose events are others than the commands is seen', () => {
  const other = { ...marker, markerRecordedEventAttributes: { markerName: 'x', workflowTaskCompletedEventId: 4 } };
  const replay = new Replay('w', 'r');
  assert.throws(() => replay.feed([started, scheduled, taskStarted, completed, other]), violates(23));
});

test('a history that lacks some of the commands of a task is seen', () => {
  assert.throws(
    () => new Replay('w', 'r').feed([started, scheduled, taskStarted, completed, marker, signaled]),
    violates(22),
  );
  const ended = new Replay('w', 'r');
  ended.feed([started, scheduled, taskStarted, completed, marker]);
  assert.throws(() => ended.end(), violates(22));
});

test('a gap in a history is seen', () => {
  assert.throws(() => new Replay('w', 'r').feed([started, taskStarted]), violates(4));
});

test('a task that has failed leaves no trace in the workflow', () => {
  const failed: HistoryEvent = { eventId: 4, eventType: EventType.WorkflowTaskFailed };
  const replay = new Replay('w', 'r');
  assert.deepEqual(replay.feed([started, scheduled, taskStarted, failed]).commands, []);
  const again = { ...scheduled, eventId: 5 };
  assert.equal(replay.feed([again, { ...taskStarted, eventId: 6 }]).commands.length, 2);
});
