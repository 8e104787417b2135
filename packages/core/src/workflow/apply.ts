import { EventType } from '@perdure/proto/enums';
import type { HistoryEvent } from '@perdure/proto/types';
import { assert } from '../kernel/assert.ts';
import { ownSet } from '../kernel/nothing.ts';
import {
  applyActivityCancelRequested,
  applyActivityChange,
  applyActivityClosed,
  applyActivityScheduled,
} from './activity/activity-state.ts';
import { applyCallbacksAttached } from './callback/callback.ts';
import { applyCallbackChange, applyUpdateCallbacksDue } from './callback/update-callbacks.ts';
import { applyWatcherChange } from './callback/watcher.ts';
import { applyChildEnded, applyChildFlushed, applyChildInitiated, applyChildStarted } from './child/child-state.ts';
import { applyClosed, applyClosingChange } from './close/closing-state.ts';
import { applyExternalEnded, applyExternalInitiated } from './external/external-state.ts';
import type { Change } from './change.ts';
import { applyExternalPayloads } from './external-payloads.ts';
import { applyLifecycleChange, applyOptionsUpdated, applyStarted } from './lifecycle.ts';
import { applyOptions } from './options/options.ts';
import type { Run } from './run.ts';
import { applyPaused, applyUnpaused } from './pause/pause-state.ts';
import { applySearchAttributesUpserted, applyMemoModified } from './command/properties.ts';
import { applyBuildSeen } from './task/build-ids.ts';
import {
  applyTaskCompleted,
  applyTaskEnded,
  applyTaskScheduled,
  applyTaskStarted,
  applyWorkflowTaskChange,
} from './task/workflow-task.ts';
import { applyTimerEnded, applyTimerStarted } from './timer/timer.ts';
import { applyUpdateAccepted, applyUpdateAdmitted, applyUpdateCompleted } from './update/update.ts';

/** Brings a change about: the only writer of a run's state, when it happens and when the run is rebuilt. */
export function apply(run: Run, change: Change): void {
  switch (change.kind) {
    case 'event':
      applyRecorded(run, change.event, change.bytes.length);
      break;
    case 'buffered':
      run.buffer.push(change.event);
      run.bufferSizeBytes += change.sizeBytes;
      applyEffect(run, change.event);
      break;
    case 'flushed':
      run.flushing = change.count;
      run.buffer = [];
      run.bufferSizeBytes = 0;
      break;
    case 'timerFiredDropped':
      run.buffer = run.buffer.filter((event) => event.timerFiredEventAttributes?.timerId !== change.timerId);
      run.bufferSizeBytes -= change.sizeBytes;
      break;
    case 'bufferDropped':
      run.buffer = [];
      run.bufferSizeBytes = 0;
      break;
    case 'requestAttached':
    case 'resetFrom':
    case 'resetTo':
    case 'resetOwed':
    case 'resetGivenUp':
    case 'deletionRequested':
    case 'resetPointsTrimmed':
    case 'requestGranted':
    case 'attributeListed':
      applyLifecycleChange(run, change);
      break;
    case 'taskScheduled':
    case 'taskStarted':
    case 'taskReturned':
    case 'taskDropped':
    case 'taskTicketed':
    case 'taskHeartbeat':
    case 'stickyBound':
    case 'closeAttempted':
      applyWorkflowTaskChange(run, change);
      break;
    case 'parentTold':
    case 'parentOwed':
    case 'childSettled':
    case 'childNewsKept':
      applyClosingChange(run, change);
      break;
    case 'updateRejected':
      run.updates.reapplied.delete(change.updateId);
      applyUpdateCallbacksDue(run, change.updateId, { outcome: { failure: change.failure }, endedAtMs: undefined });
      break;
    case 'updateCallbacksAttached':
    case 'updateCallbacksOwed':
    case 'callbackProgressed':
    case 'callbacksOwed':
      applyCallbackChange(run, change);
      break;
    case 'watchersAttached':
    case 'watcherTold':
      applyWatcherChange(run, change);
      break;
    default:
      applyActivityChange(run, change);
  }
}

function applyRecorded(run: Run, event: HistoryEvent, sizeBytes: number): void {
  assert(event.eventId === run.nextEventId, 'event ids have no gap');
  run.nextEventId += 1;
  run.historySizeBytes += sizeBytes;
  applyExternalPayloads(run, event);
  if (run.flushing === 0) applyEffect(run, event);
  else {
    run.flushing -= 1;
    applyFlushed(run, event);
  }
}

/** An event comes out of the buffer: what refers to it learns its id. */
function applyFlushed(run: Run, event: HistoryEvent): void {
  applyChildFlushed(run, event);
  applyOptionsUpdated(run, event);
}

type Applier = (run: Run, event: HistoryEvent) => void;

/** Events that change nothing but the history are absent. */
const APPLIERS: ReadonlyMap<EventType, Applier> = new Map<EventType, Applier>([
  [EventType.WorkflowExecutionStarted, applyStart],
  [EventType.WorkflowExecutionCompleted, applyClosed],
  [EventType.WorkflowExecutionFailed, applyClosed],
  [EventType.WorkflowExecutionTimedOut, applyClosed],
  [EventType.WorkflowExecutionCanceled, applyClosed],
  [EventType.WorkflowExecutionTerminated, applyClosed],
  [EventType.WorkflowExecutionContinuedAsNew, applyClosed],
  [EventType.WorkflowExecutionCancelRequested, (run) => void (run.lifecycle.cancelRequested = true)],
  [EventType.WorkflowExecutionOptionsUpdated, applyOptionsEffect],
  [EventType.WorkflowExecutionPaused, applyPaused],
  [EventType.WorkflowExecutionUnpaused, applyUnpaused],
  [EventType.WorkflowExecutionSignaled, applySignaled],
  [EventType.WorkflowTaskScheduled, applyTaskScheduled],
  [EventType.WorkflowTaskStarted, applyTaskStarted],
  [EventType.WorkflowTaskCompleted, applyTaskDone],
  [EventType.WorkflowTaskFailed, applyTaskEnded],
  [EventType.WorkflowTaskTimedOut, applyTaskEnded],
  [EventType.TimerStarted, applyTimerStarted],
  [EventType.TimerFired, applyTimerEnded],
  [EventType.TimerCanceled, applyTimerEnded],
  [EventType.ActivityTaskScheduled, applyActivityScheduled],
  [EventType.ActivityTaskCancelRequested, applyActivityCancelRequested],
  [EventType.ActivityTaskCompleted, applyActivityClosed],
  [EventType.ActivityTaskFailed, applyActivityClosed],
  [EventType.ActivityTaskTimedOut, applyActivityClosed],
  [EventType.ActivityTaskCanceled, applyActivityClosed],
  [EventType.StartChildWorkflowExecutionInitiated, applyChildInitiated],
  [EventType.StartChildWorkflowExecutionFailed, applyChildEnded],
  [EventType.ChildWorkflowExecutionStarted, applyChildStarted],
  [EventType.ChildWorkflowExecutionCompleted, applyChildEnded],
  [EventType.ChildWorkflowExecutionFailed, applyChildEnded],
  [EventType.ChildWorkflowExecutionCanceled, applyChildEnded],
  [EventType.ChildWorkflowExecutionTimedOut, applyChildEnded],
  [EventType.ChildWorkflowExecutionTerminated, applyChildEnded],
  [EventType.SignalExternalWorkflowExecutionInitiated, applyExternalInitiated],
  [EventType.SignalExternalWorkflowExecutionFailed, applyExternalEnded],
  [EventType.ExternalWorkflowExecutionSignaled, applyExternalEnded],
  [EventType.RequestCancelExternalWorkflowExecutionInitiated, applyExternalInitiated],
  [EventType.RequestCancelExternalWorkflowExecutionFailed, applyExternalEnded],
  [EventType.ExternalWorkflowExecutionCancelRequested, applyExternalEnded],
  [EventType.WorkflowExecutionUpdateAdmitted, applyUpdateAdmitted],
  [EventType.WorkflowExecutionUpdateAccepted, applyUpdateAccepted],
  [EventType.WorkflowExecutionUpdateCompleted, applyUpdateCompleted],
  [EventType.UpsertWorkflowSearchAttributes, applySearchAttributesUpserted],
  [EventType.WorkflowPropertiesModified, applyMemoModified],
]);

function applyEffect(run: Run, event: HistoryEvent): void {
  APPLIERS.get(event.eventType ?? EventType.Unspecified)?.(run, event);
}

function applyStart(run: Run, event: HistoryEvent): void {
  applyStarted(run, event);
  applyCallbacksAttached(run, event);
}

function applyOptionsEffect(run: Run, event: HistoryEvent): void {
  applyCallbacksAttached(run, event);
  applyOptionsUpdated(run, event);
  applyOptions(run, event);
}

function applyTaskDone(run: Run, event: HistoryEvent): void {
  applyTaskCompleted(run, event);
  applyBuildSeen(run, event);
}

function applySignaled(run: Run, event: HistoryEvent): void {
  const requestId = event.workflowExecutionSignaledEventAttributes?.requestId ?? '';
  run.signalCount += 1;
  if (requestId === '') return;
  run.signalRequestIds = ownSet(run.signalRequestIds);
  run.signalRequestIds.add(requestId);
}
