import { EventType } from '@perdure/proto/enums';
import type { Link, UserMetadata, WorkflowExecutionStartedEventAttributes } from '@perdure/proto/types';
import type { SignalContent } from '../input.ts';
import type { Watcher } from '../callback/watcher.ts';
import { newLifecycle } from '../lifecycle.ts';
import { newRun } from '../run.ts';
import { recordSignal } from '../signal/signal.ts';
import { offerTask } from '../task/recording.ts';
import { scheduleTask } from '../task/schedule.ts';
import type { Step, Transition } from '../transition.ts';
import { visibilityRecord } from '../visibility-record.ts';

export interface NewRunOptions {
  readonly runId: string;
  /** Later requests with this id are answered with this run. Empty for a run that follows another by itself. */
  readonly requestId: string;
  readonly started: WorkflowExecutionStartedEventAttributes;
  readonly userMetadata?: UserMetadata | undefined;
  readonly links?: readonly Link[] | undefined;
  readonly signal?: SignalContent | undefined;
  /** Who is told when the chain has closed for good. */
  readonly watchers?: readonly Watcher[] | undefined;
}

/** Begins a run: its first events, its first workflow task unless that is delayed, its row in visibility. */
export function createRun(
  step: Step,
  workflow: { readonly namespaceId: string; readonly workflowId: string },
  options: NewRunOptions,
): Transition {
  const { namespaceId, workflowId } = workflow;
  const run = newRun({ namespaceId, workflowId, runId: options.runId }, newLifecycle());
  const transition = step.on(run);
  const eventId = transition.append({
    eventType: EventType.WorkflowExecutionStarted,
    userMetadata: options.userMetadata,
    links: options.links,
    workflowExecutionStartedEventAttributes: options.started,
  });
  if (options.requestId !== '') {
    const eventType = EventType.WorkflowExecutionStarted;
    transition.note({ kind: 'requestAttached', requestId: options.requestId, eventType, eventId });
  }
  const { watchers = [] } = options;
  if (watchers.length > 0) transition.note({ kind: 'watchersAttached', watchers });
  if (options.signal !== undefined) recordSignal(transition, options.signal);
  if (run.lifecycle.firstTaskAtMs <= step.env.nowMs) {
    scheduleTask(transition);
    if (options.started.eagerExecutionAccepted !== true) offerTask(transition);
  }
  transition.emit({ kind: 'indexVisibility', record: visibilityRecord(run, step.env) });
  return transition;
}
