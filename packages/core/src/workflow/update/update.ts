import type { Failure, HistoryEvent, UpdateOutcome, UpdateRequest } from '@perdure/proto/types';
import { present } from '../../kernel/assert.ts';
import { isOpen, type Run } from '../run.ts';

/** The updates that the workflow of a run has accepted, as its history has them. */
export interface Updates {
  readonly byId: Map<string, AcceptedUpdate>;
  /** How many of them are not completed. */
  openCount: number;
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
  return { byId: new Map(), openCount: 0 };
}

/** The id of the message that brings an update to a worker. Temporal: workflow/update/update.go. */
export function requestMessageId(updateId: string): string {
  return `${updateId}/request`;
}

/** How far an update has come; undefined for one that the run does not know, or has rejected. */
export function updateStatus(run: Run, updateId: string): UpdateStatus | undefined {
  const { runId } = run;
  if (run.fleeting.admitted.has(updateId)) {
    return { runId, stage: 'admitted', completedEventId: 0, outcome: undefined };
  }
  const accepted = run.updates.byId.get(updateId);
  if (accepted === undefined) return undefined;
  const { completedEventId } = accepted;
  if (completedEventId > 0) return { runId, stage: 'completed', completedEventId, outcome: undefined };
  if (isOpen(run)) return { runId, stage: 'accepted', completedEventId, outcome: undefined };
  return { runId, stage: 'completed', completedEventId, outcome: { failure: CLOSED_BEFORE_COMPLETION } };
}

/** The outcome of an update whose run has closed over it. Temporal: workflow/update/errors_failures.go. */
export const CLOSED_BEFORE_COMPLETION: Failure = {
  message: 'Workflow Update failed because the Workflow completed before the Update completed.',
  source: 'Server',
  applicationFailureInfo: { type: 'AcceptedUpdateCompletedWorkflow', nonRetryable: true },
};

/** The outcome of an update that its worker has passed over. */
export const UNPROCESSED: Failure = {
  message:
    "Workflow Update is rejected because it wasn't processed by worker. Probably, Workflow Update is not supported by the worker.",
  source: 'Server',
  applicationFailureInfo: { type: 'UnprocessedUpdate', nonRetryable: true },
};

/** The updates that go out with the started task, in order of admission. */
export function updatesToSend(run: Run): readonly UpdateDispatch[] {
  const eventId = run.task.startedEventId - 1;
  return Array.from(run.fleeting.admitted.values(), ({ updateId, request }) => {
    return { messageId: requestMessageId(updateId), updateId, eventId, request };
  });
}

export function applyUpdateAccepted(run: Run, event: HistoryEvent): void {
  const { protocolInstanceId: updateId = '' } = event.workflowExecutionUpdateAcceptedEventAttributes ?? {};
  const acceptedEventId = present(event.eventId, 'an update event is never buffered');
  run.updates.byId.set(updateId, { acceptedEventId, completedEventId: 0 });
  run.updates.openCount += 1;
}

export function applyUpdateCompleted(run: Run, event: HistoryEvent): void {
  const updateId = event.workflowExecutionUpdateCompletedEventAttributes?.meta?.updateId ?? '';
  const update = present(run.updates.byId.get(updateId), 'an update is accepted before it is completed');
  update.completedEventId = present(event.eventId, 'an update event is never buffered');
  run.updates.openCount -= 1;
}
