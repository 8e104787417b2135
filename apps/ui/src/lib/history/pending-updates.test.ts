import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEvent } from '@perdure/proto/json-types';
import { pendingUpdatesOf } from './pending-updates.ts';

function accepted(eventId: string, name: string): HistoryEvent {
  return {
    eventId,
    eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED',
    eventTime: '2026-08-22T10:00:00Z',
    workflowExecutionUpdateAcceptedEventAttributes: {
      protocolInstanceId: `id-${eventId}`,
      acceptedRequest: { meta: { updateId: `id-${eventId}`, identity: 'ada' }, input: { name } },
    },
  };
}

function completed(eventId: string, acceptedEventId: string): HistoryEvent {
  return {
    eventId,
    eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED',
    workflowExecutionUpdateCompletedEventAttributes: { acceptedEventId },
  };
}

test('what is accepted and not completed is pending, whichever end the events are read from', () => {
  const events = [accepted('5', 'first'), accepted('8', 'second'), completed('9', '5'), accepted('12', 'third')];
  const names = (of: readonly HistoryEvent[]) => pendingUpdatesOf(of).map(({ name, id }) => [name, id]);
  const expected = [
    ['second', 'id-8'],
    ['third', 'id-12'],
  ];
  assert.deepEqual(names(events), expected);
  assert.deepEqual(names(events.toReversed()), expected);
});

test('an update whose beginning is not among the events is not told', () => {
  assert.deepEqual(pendingUpdatesOf([completed('9', '5')]), []);
});
