export type { Delivery, OutsideCall } from './aggregate/delivery.ts';
export type { AnyInput, AnyReplies, ReplyOf } from './aggregate/input.ts';
export type { AggregateKey, BatchKey, ScheduleKey, WorkflowKey } from './aggregate/key.ts';
export type { AggregateState, AggregateView, Machine, RecordedChange, StateTransition } from './aggregate/machine.ts';
export type { BatchChange } from './batch/change.ts';
export { batchState, describeBatch } from './batch/describe.ts';
export type * from './batch/input.ts';
export {
  isOpenJob,
  openTargets,
  type BatchJob,
  type BatchPage,
  type BatchPosition,
  type BatchTarget,
} from './batch/job.ts';
export { batchMachine } from './batch/machine.ts';
export { BATCH_DIVISION, listedOperation } from './batch/visibility-record.ts';
export { cronProblem } from './cron/cron.ts';
export { assert, present, unreachable } from './kernel/assert.ts';
export { DeadlineQueue } from './kernel/deadline-queue.ts';
export { enumName } from './kernel/enum-name.ts';
export { recordableFailure } from './kernel/failure.ts';
export { badBinaryOf, type Env, type NamespaceView } from './kernel/env.ts';
export { defaultLimits, type Limits, type RetryDefaults } from './kernel/limits.ts';
export * from './kernel/payload-size.ts';
export * from './kernel/rejection.ts';
export { FAIRNESS_KEY_LENGTH_MAX, priorityProblem } from './kernel/priority.ts';
export { durationProblem, validateRetryPolicy, withRetryDefaults } from './kernel/retry-policy.ts';
export { queueLengthProblem, queueNameProblem, SYSTEM_TASK_QUEUE } from './kernel/task-queue.ts';
export * from './kernel/time.ts';
export { utf8Length } from './kernel/utf8.ts';
export type { ScheduleChange } from './schedule/change.ts';
export { listInfo, matchingTimes, scheduleInfo } from './schedule/describe.ts';
export type * from './schedule/input.ts';
export { scheduleMachine } from './schedule/machine.ts';
export { isOpenSchedule, scheduleIdOf, scheduleWorkflowId, type Schedule } from './schedule/schedule.ts';
export { canonicalSpec, shownSpec } from './schedule/spec/canonical.ts';
export { LIST_INFO_FIELD, SCHEDULE_DIVISION } from './schedule/visibility-record.ts';
export * from './visibility/index.ts';
export type { ActivityTaskView } from './workflow/activity/activity-task.ts';
export type { ActivityTarget, Jitter } from './workflow/activity/interventions.ts';
export { describePendingActivities, shownOptions } from './workflow/activity/pending-activity.ts';
export { noMap, noSet, ownMap, ownSet } from './kernel/nothing.ts';
export { activityChangedBy, isTaskWanted, tasksAtWork, wantsTasks } from './workflow/at-work.ts';
export { describeCallbacks, type CallbackCall } from './workflow/callback/callback.ts';
export type { Change, VolatileChange } from './workflow/change.ts';
export { describePendingChildren } from './workflow/child/pending-child.ts';
export type * from './workflow/input.ts';
export { workflowMachine } from './workflow/machine.ts';
export { isPinned } from './workflow/fleeting.ts';
export { createRequestId, firstRunId, parentOf, taskQueueOf } from './workflow/lifecycle.ts';
export { isPending, owes, pendingDeliveries } from './workflow/outbox.ts';
export { externalPayloads, externalPayloadsIn } from './workflow/external-payloads.ts';
export { blankRun, reapply, restoreRun, snapshotOf, type RunSnapshot } from './workflow/rebuild.ts';
export { isCarriedOver } from './workflow/reset/reapply.ts';
export { Replay } from './workflow/reset/replay.ts';
export type { OptionsUpdate } from './workflow/options/options.ts';
export { pinnedRefusal } from './workflow/options/versioning.ts';
export type { PastEvent, ResetInput, ResetPast } from './workflow/reset/reset-input.ts';
export { planReset } from './workflow/reset/reset.ts';
export { isOpen, type Run } from './workflow/run.ts';
export { step, type Outcome, type Workflow } from './workflow/step.ts';
export { transientEvents } from './workflow/task/dispatch.ts';
export type { WorkflowTaskView } from './workflow/task/workflow-task-view.ts';
export type { Effect, TaskOffer, Transition } from './workflow/transition.ts';
export { visibilityRecord } from './workflow/visibility-record.ts';
export type { UpdateMessage, UpdateMessageBody } from './workflow/update/messages.ts';
export { WORKFLOW_CLOSING } from './workflow/update/settle.ts';
export type { UpdateDispatch, UpdateStatus } from './workflow/update/update.ts';
export { updateStatus } from './workflow/update/update-status.ts';
export { wakeAtMs } from './workflow/wake.ts';
