import { isOpen } from '@perdure/core';
import { UpdateWorkflowExecutionLifecycleStage as Stage } from '@perdure/proto/enums';
import type { HistoryEvent, UpdateOutcome } from '@perdure/proto/types';
import { hold } from '../kernel/violation.ts';
import { contentOf, REJECTED } from '../model/update-messages.ts';
import { nameOf, type RunRecord } from './run-record.ts';
import { difference } from './same-state.ts';

/** Checks an event that tells of an update, and takes note of it. */
export function checkUpdate(record: RunRecord, event: HistoryEvent, where: () => string): void {
  const admitted = event.workflowExecutionUpdateAdmittedEventAttributes?.request;
  if (admitted !== undefined) record.admitted.set(admitted.meta?.updateId ?? '', admitted);
  const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
  if (accepted !== undefined) {
    const { protocolInstanceId: updateId = '' } = accepted;
    const acceptedRequest = accepted.acceptedRequest ?? record.admitted.get(updateId);
    hold(acceptedRequest !== undefined, 18, () => `${where()}: nobody asked for ${updateId}`);
    hold(!record.updates.has(updateId), 18, () => `${where()}: ${updateId} is accepted twice`);
    hold(!contentOf(acceptedRequest).rejects, 19, () => `${where()}: ${updateId} was rejected`);
    record.updates.set(updateId, { acceptedEventId: event.eventId ?? 0, outcome: undefined });
  }
  const completed = event.workflowExecutionUpdateCompletedEventAttributes;
  if (completed === undefined) return;
  const { updateId = '' } = completed.meta ?? {};
  const update = record.updates.get(updateId);
  hold(update !== undefined, 18, () => `${where()}: ${updateId} was not accepted`);
  hold(update.outcome === undefined, 18, () => `${where()}: ${updateId} is completed twice`);
  hold(update.acceptedEventId === completed.acceptedEventId, 7, where);
  update.outcome = completed.outcome ?? {};
}

/** How far a reply says that an update has come. */
export interface ToldProgress {
  readonly updateId: string;
  readonly stage: Stage | undefined;
  readonly outcome: UpdateOutcome | undefined;
}

/** What those who ask are told is what the history has, or that the update never got there. */
export function checkTold(record: RunRecord, { updateId, stage, outcome }: ToldProgress): void {
  const update = record.updates.get(updateId);
  const where = (): string => `${nameOf(record)}: update ${updateId}`;
  if (stage === Stage.Accepted) hold(update !== undefined, 18, () => `${where()} is said to be accepted`);
  if (stage !== Stage.Completed || outcome === undefined) return;
  if (update === undefined) {
    const isRefusal = WITHOUT_TRACE.some((text) => outcome.failure?.message?.includes(text));
    hold(isRefusal, 18, () => `${where()} is said to be completed: ${JSON.stringify(outcome)}`);
  } else if (update.outcome === undefined) {
    hold(!isOpen(record.shadow), 18, () => `${where()} is said to be completed, and is not`);
    hold(outcome.failure?.message?.includes(CLOSED_OVER) === true, 18, () => `${where()}: its run has closed over it`);
  } else {
    const found = difference(outcome, update.outcome);
    hold(found === undefined, 18, () => `${where()} has another outcome than it had: ${found}`);
  }
}

/** What the failures say of updates that no history tells of. */
const WITHOUT_TRACE = [REJECTED, "wasn't processed by worker"] as const;
/** What it says of an accepted one whose run closed before it was completed. */
const CLOSED_OVER = 'the Workflow completed before the Update completed';
