import type { HistoryEvent } from '@perdure/proto/types';
import { present } from '../../kernel/assert.ts';
import { isAtLimit } from '../../kernel/limits.ts';
import { ownMap } from '../../kernel/nothing.ts';
import type { Run } from '../run.ts';

/** The run has asked to signal or to cancel another workflow: the request is on its way. */
export function applyExternalInitiated(run: Run, event: HistoryEvent): void {
  const initiatedEventId = present(event.eventId, 'an initiated event is never buffered');
  run.externals = ownMap(run.externals);
  const signal = event.signalExternalWorkflowExecutionInitiatedEventAttributes;
  if (signal !== undefined) {
    run.externals.set(initiatedEventId, { kind: 'signal', initiatedEventId, initiated: signal });
    return;
  }
  const initiated = present(
    event.requestCancelExternalWorkflowExecutionInitiatedEventAttributes,
    'an initiated event has its attributes',
  );
  run.externals.set(initiatedEventId, { kind: 'cancel', initiatedEventId, initiated });
}

/** The other workflow has taken or refused the request. */
export function applyExternalEnded(run: Run, event: HistoryEvent): void {
  const ended =
    event.externalWorkflowExecutionSignaledEventAttributes ??
    event.signalExternalWorkflowExecutionFailedEventAttributes ??
    event.externalWorkflowExecutionCancelRequestedEventAttributes ??
    event.requestCancelExternalWorkflowExecutionFailedEventAttributes;
  run.externals.delete(present(ended, 'an event that ends a request has its attributes').initiatedEventId ?? 0);
}

/**
 * Whether one more request of the kind, after `added` that are about to be made, would be above the limit, and if so how
 * many there are. Counts only where all requests together reach the limit, so that it costs nothing in ordinary runs.
 */
export function externalsAtLimit(run: Run, kind: 'signal' | 'cancel', added: number, max: number): number | undefined {
  if (!isAtLimit(run.externals.size + added, max)) return undefined;
  let count = added;
  for (const request of run.externals.values()) if (request.kind === kind) count += 1;
  return count < max ? undefined : count;
}
