import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEvent } from '@perdure/proto/json-types';
import { Grouping, groupEvents } from './groups.ts';

const at = (second: number) => `2026-11-28T10:00:0${second}Z`;

const events: readonly HistoryEvent[] = [
  { eventId: '1', eventTime: at(0), eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED' },
  {
    eventId: '2',
    eventTime: at(1),
    eventType: 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED',
    activityTaskScheduledEventAttributes: { activityId: 'a', activityType: { name: 'charge' } },
  },
  {
    eventId: '3',
    eventTime: at(2),
    eventType: 'EVENT_TYPE_TIMER_STARTED',
    timerStartedEventAttributes: { timerId: 't', startToFireTimeout: '5s' },
  },
  {
    eventId: '4',
    eventTime: at(3),
    eventType: 'EVENT_TYPE_ACTIVITY_TASK_STARTED',
    activityTaskStartedEventAttributes: { scheduledEventId: '2', attempt: 2 },
  },
  {
    eventId: '5',
    eventTime: at(4),
    eventType: 'EVENT_TYPE_ACTIVITY_TASK_COMPLETED',
    activityTaskCompletedEventAttributes: { scheduledEventId: '2', startedEventId: '4' },
  },
];

test('what belongs together is one group, whenever its events come', () => {
  const grouping = new Grouping();
  for (const event of events.slice(0, 3)) grouping.add(event);
  const before = grouping.groups();
  assert.deepEqual(
    before.map(({ id, name, state }) => [id, name, state]),
    [
      [1, 'Workflow execution started', 'open'],
      [2, 'charge', 'open'],
      [3, 'Timer 5s', 'open'],
    ],
  );
  for (const event of events.slice(3)) grouping.add(event);
  const after = grouping.groups();
  assert.deepEqual(after, groupEvents(events));
  assert.deepEqual([after[1]?.state, after[1]?.attempt, after[1]?.events.length], ['done', 2, 3]);
  assert.equal(before[1]?.events.length, 1, 'what was shown before has not changed');
  assert.deepEqual([after[0] === before[0], after[2] === before[2]], [true, true], 'nor has what nothing came to');
});
