import { EventType, type StartChildWorkflowExecutionFailedCause } from '@perdure/proto/enums';
import type { HistoryEvent, WorkflowExecution } from '@perdure/proto/types';
import { assert } from '../../kernel/assert.ts';
import type { NewEvent } from '../transition.ts';
import type { Child } from './child.ts';

/** The child has started; `runId` is the first of its runs. */
export function childStarted(child: Child, runId: string): NewEvent {
  const { initiated } = child;
  return {
    eventType: EventType.ChildWorkflowExecutionStarted,
    childWorkflowExecutionStartedEventAttributes: {
      namespace: initiated.namespace,
      namespaceId: initiated.namespaceId,
      initiatedEventId: child.initiatedEventId,
      workflowExecution: { workflowId: initiated.workflowId, runId },
      workflowType: initiated.workflowType,
      header: initiated.header,
    },
  };
}

/** The child was refused and never ran. */
export function childStartFailed(child: Child, cause: StartChildWorkflowExecutionFailedCause): NewEvent {
  const { initiated } = child;
  return {
    eventType: EventType.StartChildWorkflowExecutionFailed,
    startChildWorkflowExecutionFailedEventAttributes: {
      namespace: initiated.namespace,
      namespaceId: initiated.namespaceId,
      workflowId: initiated.workflowId,
      workflowType: initiated.workflowType,
      cause,
      control: initiated.control,
      initiatedEventId: child.initiatedEventId,
    },
  };
}

/** How the parent records the close of a child: by the child's own close event, with the last of its runs. */
export function childEnded(child: Child, last: WorkflowExecution, close: HistoryEvent): NewEvent {
  const common = {
    namespace: child.initiated.namespace,
    namespaceId: child.initiated.namespaceId,
    workflowExecution: last,
    workflowType: child.initiated.workflowType,
    initiatedEventId: child.initiatedEventId,
    startedEventId: child.startedEventId,
  };
  switch (close.eventType) {
    case EventType.WorkflowExecutionCompleted: {
      const result = close.workflowExecutionCompletedEventAttributes?.result;
      const eventType = EventType.ChildWorkflowExecutionCompleted;
      return { eventType, childWorkflowExecutionCompletedEventAttributes: { ...common, result } };
    }
    case EventType.WorkflowExecutionFailed: {
      const { failure, retryState } = close.workflowExecutionFailedEventAttributes ?? {};
      const eventType = EventType.ChildWorkflowExecutionFailed;
      return { eventType, childWorkflowExecutionFailedEventAttributes: { ...common, failure, retryState } };
    }
    case EventType.WorkflowExecutionCanceled: {
      const details = close.workflowExecutionCanceledEventAttributes?.details;
      const eventType = EventType.ChildWorkflowExecutionCanceled;
      return { eventType, childWorkflowExecutionCanceledEventAttributes: { ...common, details } };
    }
    case EventType.WorkflowExecutionTimedOut: {
      const retryState = close.workflowExecutionTimedOutEventAttributes?.retryState;
      const eventType = EventType.ChildWorkflowExecutionTimedOut;
      return { eventType, childWorkflowExecutionTimedOutEventAttributes: { ...common, retryState } };
    }
    case EventType.WorkflowExecutionTerminated:
      return {
        eventType: EventType.ChildWorkflowExecutionTerminated,
        childWorkflowExecutionTerminatedEventAttributes: common,
      };
    default:
      assert(false, 'a child that has closed for good has no run that follows');
  }
}
