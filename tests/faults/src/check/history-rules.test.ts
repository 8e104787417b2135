import assert from 'node:assert/strict';
import test from 'node:test';
import { durationOf, EventType, type HistoryEvent } from '../wire.ts';
import { closingEvent, historyViolations } from './history-rules.ts';

const START_MS = 1_700_000_000_000;

/** Events a second apart, with ids from 1. */
function history(...events: HistoryEvent[]): HistoryEvent[] {
  return events.map((event, index) => ({
    eventId: long(index + 1),
    eventTime: durationOf(START_MS + index * 1_000),
    ...event,
  }));
}

function long(value: number): NonNullable<HistoryEvent['eventId']> {
  const { seconds } = durationOf(value * 1_000);
  assert.ok(seconds);
  return seconds;
}

const started = { eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED };
const completed = { eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED };
const scheduledActivity = { eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED };
const startedActivity = {
  eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
  activityTaskStartedEventAttributes: { scheduledEventId: long(2) },
};
const completedActivity = {
  eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
  activityTaskCompletedEventAttributes: { scheduledEventId: long(2), startedEventId: long(3) },
};
const timer = {
  eventType: EventType.EVENT_TYPE_TIMER_STARTED,
  timerStartedEventAttributes: { timerId: 't', startToFireTimeout: durationOf(1_000) },
};
const fired = {
  eventType: EventType.EVENT_TYPE_TIMER_FIRED,
  timerFiredEventAttributes: { timerId: 't', startedEventId: long(2) },
};

test('a history in order has no violations, and closes with its last event', () => {
  const whole = history(started, scheduledActivity, startedActivity, completedActivity, completed);
  assert.deepEqual(historyViolations(whole), []);
  assert.equal(closingEvent(whole), whole.at(-1));
  assert.equal(closingEvent(whole.slice(0, -1)), undefined);
});

const broken: readonly (readonly [string, HistoryEvent[], RegExp])[] = [
  ['a gap in the ids', history(started, { ...timer, eventId: long(3) }), /event 2 has the id 3/],
  ['a beginning in the middle', history(timer, started), /event 1 is TIMER_STARTED/],
  ['an event after the close', history(started, completed, timer), /events follow WORKFLOW_EXECUTION_COMPLETED/],
  [
    'two completions',
    history(started, scheduledActivity, startedActivity, completedActivity, completedActivity),
    /second/,
  ],
  [
    'a completion without a start',
    history(started, scheduledActivity, timer, completedActivity),
    /refers to event 3, TIMER_STARTED/,
  ],
  ['a timer before its time', history(started, timer, { ...fired, eventTime: durationOf(START_MS + 1_999) }), /1 ms/],
  ['a timer that fires twice', history(started, timer, fired, fired), /second/],
  ['an event of the future', history(started, { ...timer, eventTime: durationOf(Date.now() + 60_000) }), /future/],
  ['nothing', [], /empty/],
];

for (const [name, events, violation] of broken) {
  test(`${name} is found`, () => assert.match(historyViolations(events).join('\n'), violation));
}

test('a timer that has fired by its events but not by the clock on the wall is found', () => {
  const events = history(started, timer, fired);
  assert.deepEqual(historyViolations(events), []);
  assert.match(historyViolations(events, START_MS + 1_500).join(), /500 ms before/);
});
