import type { HistoryEvent, Payloads } from '@perdure/proto/json-types';
import { eventIdOf } from './events.ts';

/** An update that the workflow has accepted and not yet answered: whoever sent it waits. */
export interface PendingUpdate {
  readonly id: string;
  readonly name: string;
  readonly acceptedTime: string | undefined;
  /** Who sent it. */
  readonly identity: string;
  readonly input: Payloads | undefined;
}

/** The updates that are pending by these events, the oldest first. The order of the events does not matter. */
export function pendingUpdatesOf(events: readonly HistoryEvent[]): readonly PendingUpdate[] {
  const answered = new Set(
    events.map((event) => event.workflowExecutionUpdateCompletedEventAttributes?.acceptedEventId),
  );
  return events
    .filter(
      ({ eventId, workflowExecutionUpdateAcceptedEventAttributes: accepted }) =>
        accepted !== undefined && !answered.has(eventId),
    )
    .toSorted((left, right) => eventIdOf(left) - eventIdOf(right))
    .map(({ eventTime, workflowExecutionUpdateAcceptedEventAttributes: accepted }) => ({
      id: accepted?.acceptedRequest?.meta?.updateId ?? accepted?.protocolInstanceId ?? '',
      name: accepted?.acceptedRequest?.input?.name ?? 'an update',
      acceptedTime: eventTime,
      identity: accepted?.acceptedRequest?.meta?.identity ?? '',
      input: accepted?.acceptedRequest?.input?.args,
    }));
}
