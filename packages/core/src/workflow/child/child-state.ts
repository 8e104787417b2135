import type { HistoryEvent, StartChildWorkflowExecutionInitiatedEventAttributes } from '@perdure/proto/types';
import { present } from '../../kernel/assert.ts';
import { ownMap } from '../../kernel/nothing.ts';
import type { Run } from '../run.ts';

/** The run has asked for a child: it is pending, and its start is on its way. */
export function applyChildInitiated(run: Run, event: HistoryEvent): void {
  const initiated = present(
    event.startChildWorkflowExecutionInitiatedEventAttributes,
    'an initiated event has its attributes',
  );
  const initiatedEventId = present(event.eventId, 'an initiated event is never buffered');
  run.children = ownMap(run.children);
  run.externals = ownMap(run.externals);
  run.children.set(initiatedEventId, {
    initiatedEventId,
    initiated,
    userMetadata: event.userMetadata,
    startedEventId: 0,
    runId: '',
  });
  run.externals.set(initiatedEventId, { kind: 'startChild', initiatedEventId });
}

/** The child has started. While the event is in the buffer it has no id. */
export function applyChildStarted(run: Run, event: HistoryEvent): void {
  const started = present(event.childWorkflowExecutionStartedEventAttributes, 'a started event has its attributes');
  const initiatedEventId = started.initiatedEventId ?? 0;
  const child = present(run.children.get(initiatedEventId), 'only a pending child starts');
  child.runId = started.workflowExecution?.runId ?? '';
  child.startedEventId = event.eventId ?? 0;
  child.initiated = withoutPayloads(child.initiated);
  child.userMetadata = undefined;
  run.externals.delete(initiatedEventId);
}

/** An event comes out of the buffer: a child whose start it is learns the id. */
export function applyChildFlushed(run: Run, event: HistoryEvent): void {
  const started = event.childWorkflowExecutionStartedEventAttributes;
  if (started === undefined) return;
  const child = run.children.get(started.initiatedEventId ?? 0);
  if (child !== undefined) child.startedEventId = present(event.eventId, 'a flushed event has an id');
}

/** The child could not be started, or it has closed: it is no longer pending. */
export function applyChildEnded(run: Run, event: HistoryEvent): void {
  const initiatedEventId = endedChild(event);
  run.children.delete(initiatedEventId);
  run.externals.delete(initiatedEventId);
}

function endedChild(event: HistoryEvent): number {
  const ended =
    event.startChildWorkflowExecutionFailedEventAttributes ??
    event.childWorkflowExecutionCompletedEventAttributes ??
    event.childWorkflowExecutionFailedEventAttributes ??
    event.childWorkflowExecutionCanceledEventAttributes ??
    event.childWorkflowExecutionTimedOutEventAttributes ??
    event.childWorkflowExecutionTerminatedEventAttributes;
  return present(ended, 'an event that ends a child has its attributes').initiatedEventId ?? 0;
}

/** What a started child may still need: the rest only served its start. */
export function withoutPayloads(
  initiated: StartChildWorkflowExecutionInitiatedEventAttributes,
): StartChildWorkflowExecutionInitiatedEventAttributes {
  return { ...initiated, input: undefined, header: undefined, memo: undefined, searchAttributes: undefined };
}
