import { EventType, RetryState } from '@perdure/proto/enums';
import type { Transition } from '../transition.ts';
import { forceClose } from './close-run.ts';

/** The run, or the whole execution, has taken longer than it may. */
export function timeOutRun(transition: Transition, retryState: RetryState): void {
  forceClose(transition, {
    eventType: EventType.WorkflowExecutionTimedOut,
    workflowExecutionTimedOutEventAttributes: { retryState },
  });
}
