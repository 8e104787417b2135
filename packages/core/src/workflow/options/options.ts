import { EventType } from '@perdure/proto/enums';
import type { HistoryEvent, Priority, WorkflowExecutionOptions } from '@perdure/proto/types';
import { isRejection, type Rejection } from '../../kernel/rejection.ts';
import { findOpenRun } from '../find-run.ts';
import { isSpeculative } from '../fleeting.ts';
import { taskQueueOf } from '../lifecycle.ts';
import type { Run } from '../run.ts';
import type { Workflow } from '../step.ts';
import { listBuild } from '../task/build-ids.ts';
import { offerTask } from '../task/recording.ts';
import { startOverIfBufferFull } from '../task/schedule.ts';
import type { Step, Transition } from '../transition.ts';
import { indexAgain } from '../visibility-record.ts';
import { inNewFields, overrideBehavior, pinnedRefusal, unpinnedRefusal } from './versioning.ts';

/** New options of a run, and which of them count: paths such as `priority.fairness_key`. Checked before. */
export interface OptionsUpdate {
  readonly options: WorkflowExecutionOptions;
  readonly paths: readonly string[];
}

/** UpdateWorkflowExecutionOptions. */
export interface UpdateOptionsInput extends OptionsUpdate {
  readonly kind: 'updateOptions';
  readonly runId: string;
  readonly identity: string;
  /** Why they cannot be options of an open run; undefined where they can. */
  readonly refusal: Rejection | undefined;
}

/** The options that the run has now. */
export interface OptionsReply {
  readonly runId: string;
  readonly options: WorkflowExecutionOptions;
}

export function updateOptions(step: Step, workflow: Workflow, input: UpdateOptionsInput): OptionsReply | Rejection {
  const run = findOpenRun(workflow, input.runId);
  if (isRejection(run)) return run;
  const override = input.options.versioningOverride;
  const refusal = unpinnedRefusal(run, override) ?? input.refusal ?? pinnedRefusal(override, taskQueueOf(run));
  if (refusal !== undefined) return refusal;
  const transition = step.on(run);
  const { searchAttributes, priority } = run.lifecycle;
  const options = recordOptions(transition, input, input.identity);
  if (run.lifecycle.priority !== priority) offerAgain(transition);
  if (run.lifecycle.searchAttributes !== searchAttributes) indexAgain(transition);
  startOverIfBufferFull(transition);
  return { runId: run.runId, options };
}

/** A task that waits gets its new place in the queue; whoever finds it in the old one later is told that it is gone. */
function offerAgain(transition: Transition): void {
  const { task } = transition.run;
  if (task.phase === 'scheduled' && !isSpeculative(transition.run)) offerTask(transition);
}

/** Writes what changes of a run's options, if anything does. Temporal: updateworkflowoptions/api.go, MergeAndApply. */
export function recordOptions(
  transition: Transition,
  update: OptionsUpdate,
  identity: string,
): WorkflowExecutionOptions {
  const before = optionsOf(transition.run);
  const after = merge(before, update);
  if (JSON.stringify(after) === JSON.stringify(before)) return after;
  const { versioningOverride, priority } = after;
  transition.appendOrBuffer({
    eventType: EventType.WorkflowExecutionOptionsUpdated,
    workerMayIgnore: true,
    workflowExecutionOptionsUpdatedEventAttributes: {
      versioningOverride: versioningOverride && inNewFields(versioningOverride),
      unsetVersioningOverride: versioningOverride === undefined,
      identity,
      priority,
    },
  });
  return after;
}

function optionsOf({ lifecycle }: Run): WorkflowExecutionOptions {
  const { versioningOverride, priority } = lifecycle;
  return { ...(versioningOverride && { versioningOverride }), ...(priority && { priority }) };
}

const PRIORITY_FIELDS: Readonly<Record<string, keyof Priority>> = {
  'priority.priority_key': 'priorityKey',
  'priority.fairness_key': 'fairnessKey',
  'priority.fairness_weight': 'fairnessWeight',
};

function merge(before: WorkflowExecutionOptions, { options, paths }: OptionsUpdate): WorkflowExecutionOptions {
  let { versioningOverride, priority } = before;
  for (const path of paths) {
    const field = PRIORITY_FIELDS[path];
    if (field !== undefined) priority = { ...priority, [field]: options.priority?.[field] };
    else if (path === 'priority') priority = options.priority;
    else if (path.startsWith('versioning_override')) versioningOverride = options.versioningOverride;
  }
  return { ...(versioningOverride && { versioningOverride }), ...(priority && { priority }) };
}

/** The run has other options. */
export function applyOptions(run: Run, event: HistoryEvent): void {
  const { priority, versioningOverride, unsetVersioningOverride } =
    event.workflowExecutionOptionsUpdatedEventAttributes ?? {};
  if (priority !== undefined) run.lifecycle.priority = priority;
  if (versioningOverride === undefined && unsetVersioningOverride !== true) return;
  const before = overrideBehavior(run.lifecycle.versioningOverride);
  run.lifecycle.versioningOverride = versioningOverride && inNewFields(versioningOverride);
  if (overrideBehavior(run.lifecycle.versioningOverride) !== before) listBuild(run, undefined);
}
