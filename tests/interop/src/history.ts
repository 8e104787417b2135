import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import protobuf from '@temporalio/proto';
import type { temporal } from '@temporalio/proto';

/** One history event as the official client decodes it. */
export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

type HistorySource = Pick<WorkflowHandle, 'fetchHistory'>;

const EVENT_TYPES = protobuf.temporal.api.enums.v1.EventType;

/** An event's type in the form that `temporal workflow show` prints: `WorkflowExecutionStarted`. */
export function eventType(event: HistoryEvent): string {
  const name = EVENT_TYPES[event.eventType ?? 0] ?? 'EVENT_TYPE_UNSPECIFIED';
  const words = name.slice('EVENT_TYPE_'.length).toLowerCase().split('_');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** All events of a run, first to last; their ids are checked to be 1, 2, 3 … */
export async function events(handle: HistorySource): Promise<HistoryEvent[]> {
  const history = (await handle.fetchHistory()).events ?? [];
  const ids = history.map((event) => Number(event.eventId));
  assert.deepEqual(
    ids,
    ids.map((_, index) => index + 1),
    'event ids have gaps',
  );
  return history;
}

/** The events of one type, for a look at their attributes. */
export async function eventsOfType(handle: HistorySource, type: string): Promise<HistoryEvent[]> {
  return (await events(handle)).filter((event) => eventType(event) === type);
}

/** The single event of its type. */
export async function eventOfType(handle: HistorySource, type: string): Promise<HistoryEvent> {
  const found = await eventsOfType(handle, type);
  assert.equal(found.length, 1, `expected one ${type}`);
  return found[0] as HistoryEvent;
}

const SHORTHAND: Readonly<Record<string, readonly string[]>> = {
  TASK: ['WorkflowTaskScheduled', 'WorkflowTaskStarted', 'WorkflowTaskCompleted'],
  ACTIVITY: ['ActivityTaskScheduled', 'ActivityTaskStarted', 'ActivityTaskCompleted'],
};

function expand(expected: string): string[] {
  return expected
    .trim()
    .split(/\s+/)
    .flatMap((word) => SHORTHAND[word] ?? [word]);
}

/**
 * Asserts the whole history of a run. `expected` holds event types between white space; `TASK` stands for the three
 * events of a workflow task that succeeds.
 */
export async function expectHistory(handle: HistorySource, expected: string): Promise<void> {
  assert.deepEqual((await events(handle)).map(eventType), expand(expected));
}

/**
 * Asserts a history without its workflow tasks: for programs in which the number of workflow tasks depends on what
 * happens to arrive together.
 */
export async function expectMilestones(handle: HistorySource, expected: string): Promise<void> {
  const types = (await events(handle)).map(eventType);
  assert.deepEqual(
    types.filter((type) => !type.startsWith('WorkflowTask')),
    expand(expected),
  );
}
