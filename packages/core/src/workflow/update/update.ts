import type { Failure, HistoryEvent, UpdateOutcome, UpdateRequest } from '@perdure/proto/types';
import { present } from '../../kernel/assert.ts';
import { noMap, ownMap } from '../../kernel/nothing.ts';
import { timestampMs } from '../../kernel/time.ts';
import { applyUpdateCallbacksDue, type UpdateAttachment } from '../callback/update-callbacks.ts';
import type { Run } from '../run.ts';

/** The updates that the workflow of a run has accepted, as its history has them. */
export interface Updates {
  byId: Map<string, AcceptedUpdate>;
  /** How many of them are not completed. */
  openCount: number;
  /**
   * Updates that the run before a reset had taken up, and that this one has yet to take up again, with the events that
   * hold their requests. The worker finds them in the history.
   */
  reapplied: Map<string, number>;
}

/** A worker has rejected an update that is on record. */
export interface UpdateChange {
  readonly kind: 'updateRejected';
  readonly updateId: string;
  readonly failure?: Failure | undefined;
}

export interface AcceptedUpdate {
  readonly acceptedEventId: number;
  /** The event that holds the outcome; 0 while there is none. */
  completedEventId: number;
}

/** An update that no worker has accepted yet. It is in memory only: who asked for it asks again when it is lost. */
export interface AdmittedUpdate {
  readonly updateId: string;
  readonly request: UpdateRequest;
  readonly sizeBytes: number;
  /** What those want who have asked for the same update since. */
  readonly attached: readonly UpdateAttachment[];
  /** A worker has it. */
  sent: boolean;
}

/** How far an update has come. */
export interface UpdateStatus {
  readonly runId: string;
  readonly stage: 'admitted' | 'accepted' | 'completed';
  /** The event that holds the outcome; 0 where none does. */
  readonly completedEventId: number;
  /** The outcome of an update that no event records; undefined where one does, or there is none yet. */
  readonly outcome: UpdateOutcome | undefined;
}

/** A request to update, as a worker gets it. */
export interface UpdateDispatch {
  /** The message that carries it. */
  readonly messageId: string;
  readonly updateId: string;
  /** The workflow takes it after this event. */
  readonly eventId: number;
  readonly request: UpdateRequest;
}

export function newUpdates(): Updates {
  return { byId: noMap(), openCount: 0, reapplied: noMap() };
}

/** The id of the message that brings an update to a worker. Temporal: workflow/update/update.go. */
export function requestMessageId(updateId: string): string {
  return `${updateId}/request`;
}

/** The updates that go out with the started task, in order of admission. */
export function updatesToSend(run: Run, unsentOnly: boolean): readonly UpdateDispatch[] {
  const eventId = run.task.startedEventId - 1;
  const updates = Array.from(run.fleeting.admitted.values());
  return (unsentOnly ? updates.filter(({ sent }) => !sent) : updates).map(({ updateId, request }) => {
    return { messageId: requestMessageId(updateId), updateId, eventId, request };
  });
}

/** How many updates the run knows of, those among them that are in memory only. */
export function updateCount({ updates, fleeting }: Run): number {
  return updates.byId.size + updates.reapplied.size + fleeting.admitted.size;
}

/** The run answers for the request that asked for an update. */
function applyRequest({ lifecycle }: Run, { eventId = 0, eventType = 0 }: HistoryEvent, request?: UpdateRequest): void {
  if (request?.requestId) lifecycle.requestIds.set(request.requestId, { eventType, eventId });
}

export function applyUpdateAdmitted(run: Run, event: HistoryEvent): void {
  const { request } = event.workflowExecutionUpdateAdmittedEventAttributes ?? {};
  const updateId = request?.meta?.updateId ?? '';
  applyRequest(run, event, request);
  run.updates.reapplied = ownMap(run.updates.reapplied);
  run.updates.reapplied.set(updateId, present(event.eventId, 'an update event is never buffered'));
}

export function applyUpdateAccepted(run: Run, event: HistoryEvent): void {
  const { protocolInstanceId: updateId = '', acceptedRequest } =
    event.workflowExecutionUpdateAcceptedEventAttributes ?? {};
  applyRequest(run, event, acceptedRequest);
  const acceptedEventId = present(event.eventId, 'an update event is never buffered');
  run.updates.reapplied.delete(updateId);
  run.updates.byId = ownMap(run.updates.byId);
  run.updates.byId.set(updateId, { acceptedEventId, completedEventId: 0 });
  run.updates.openCount += 1;
}

export function applyUpdateCompleted(run: Run, event: HistoryEvent): void {
  const { meta, outcome = {} } = event.workflowExecutionUpdateCompletedEventAttributes ?? {};
  const updateId = meta?.updateId ?? '';
  const update = present(run.updates.byId.get(updateId), 'an update is accepted before it is completed');
  update.completedEventId = present(event.eventId, 'an update event is never buffered');
  run.updates.openCount -= 1;
  applyUpdateCallbacksDue(run, updateId, { outcome, endedAtMs: timestampMs(event.eventTime) });
}
