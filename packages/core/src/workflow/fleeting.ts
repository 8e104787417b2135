import { present, unreachable } from '../kernel/assert.ts';
import { noMap, ownMap } from '../kernel/nothing.ts';
import type { SuggestContinueAsNewReason, WorkerVersionStamp } from '@perdure/proto/types';
import type { UpdateAttachment } from './callback/update-callbacks.ts';
import type { Run } from './run.ts';
import { enterScheduled, enterStarted, newWorkflowTask, type WorkflowTask } from './task/workflow-task.ts';
import type { AdmittedUpdate } from './update/update.ts';

/** What a run has in memory only. It is in no log and no snapshot; a run that has any stays in memory. */
export interface Fleeting {
  /** Updates that no worker has accepted yet, in order of admission. */
  admitted: Map<string, AdmittedUpdate>;
  /** Bytes of their requests. */
  admittedBytes: number;
  /** While a speculative workflow task stands in its place: the workflow task as it is on record. */
  recordedTask: WorkflowTask | undefined;
}

/** Changes of what is in memory only: they are brought about, and recorded nowhere. */
export type FleetingChange =
  | { readonly kind: 'updateAdmitted'; readonly update: AdmittedUpdate }
  /** Somebody else asks for an admitted update, and wants to be told of it. */
  | { readonly kind: 'updateJoined'; readonly updateId: string; readonly attachment: UpdateAttachment }
  /** All admitted updates are with a worker. */
  | { readonly kind: 'updatesSent' }
  /** The update is accepted, rejected or given up. */
  | { readonly kind: 'updateTaken'; readonly updateId: string }
  /** A workflow task that no event tells of; it gets its events if anything comes of it. */
  | {
      readonly kind: 'taskSpeculated';
      readonly atMs: number;
      readonly startToCloseTimeoutMs: number;
      readonly scheduleToStartTimeoutMs: number;
      readonly queue: string;
      readonly sticky: boolean;
      readonly ticket: string;
    }
  | {
      readonly kind: 'speculationStarted';
      readonly atMs: number;
      readonly identity: string;
      readonly requestId: string;
      readonly workerVersion: WorkerVersionStamp | undefined;
      readonly suggestContinueAsNewReasons: readonly SuggestContinueAsNewReason[];
      readonly historySizeBytes: number;
      /** It went to the normal queue: no worker has the run in its cache any more. */
      readonly unbound: boolean;
    }
  /** The recorded task takes its place again: because the speculative one goes on record, or as if it had never been. */
  | { readonly kind: 'speculationEnded' };

export function newFleeting(): Fleeting {
  return { admitted: noMap(), admittedBytes: 0, recordedTask: undefined };
}

/** Whether the run's workflow task is in memory only. */
export function isSpeculative(run: Run): boolean {
  return run.fleeting.recordedTask !== undefined;
}

/** Whether the run would lose something if it left memory. */
export function isPinned(run: Run): boolean {
  return isSpeculative(run) || run.fleeting.admitted.size > 0;
}

export function applyFleeting(run: Run, change: FleetingChange): void {
  const { fleeting, task } = run;
  switch (change.kind) {
    case 'updateAdmitted':
      fleeting.admitted = ownMap(fleeting.admitted);
      fleeting.admitted.set(change.update.updateId, change.update);
      fleeting.admittedBytes += change.update.sizeBytes;
      break;
    case 'updateJoined': {
      const update = present(fleeting.admitted.get(change.updateId), 'who joins an update has found it');
      fleeting.admitted.set(change.updateId, { ...update, attached: [...update.attached, change.attachment] });
      break;
    }
    case 'updatesSent':
      for (const update of fleeting.admitted.values()) update.sent = true;
      break;
    case 'updateTaken': {
      const update = fleeting.admitted.get(change.updateId);
      fleeting.admitted.delete(change.updateId);
      fleeting.admittedBytes -= update?.sizeBytes ?? 0;
      break;
    }
    case 'taskSpeculated':
      fleeting.recordedTask = { ...task };
      enterScheduled(run, { ...change, scheduledEventId: run.nextEventId });
      break;
    case 'speculationStarted':
      enterStarted(run, change);
      if (change.unbound) task.binding = undefined;
      break;
    case 'speculationEnded':
      // Of a run that came out of a snapshot the recorded task has only the fields that are set.
      Object.assign(task, newWorkflowTask(), present(fleeting.recordedTask, 'a speculative task is at hand'));
      fleeting.recordedTask = undefined;
      break;
    default:
      unreachable(change);
  }
}
