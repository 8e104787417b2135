import {
  canonicalSpec,
  checkSearchAttributes,
  checkSearchAttributeSizes,
  isRejection,
  memoSize,
  payloadsSize,
  reject,
  scheduleWorkflowId,
  utf8Length,
  type Rejection,
} from '@perdure/core';
import { messageType } from '@perdure/proto';
import { WorkflowIdReusePolicy } from '@perdure/proto/enums';
import type { Memo, NewWorkflowExecutionInfo, Schedule, SchedulePatch, SearchAttributes } from '@perdure/proto/types';
import type { Scope } from './served-method.ts';
import { BLOB_TOO_LARGE, detailedLengthRefusal, firstOf, lengthRefusal } from './validate-fields.ts';
import { retryPolicyRefusal, timeoutsRefusal, tooLong } from './validate-start.ts';
import { userTaskQueueOf } from './validate-task-queue.ts';

/** What is put behind the workflow id of each action is as long. Temporal: AppendedTimestampForValidation. */
const APPENDED_TIME = '-2009-11-10T23:00:00Z';

/** Bytes of the notes of a pause. Temporal: common/constants.go, ScheduleNotesSizeLimit. */
const NOTES_LENGTH_MAX = 1_000;

/** Checks the definition of a schedule and puts its spec into canonical form. */
export function validateSchedule(scope: Scope, schedule: Schedule = {}): Schedule | Rejection {
  const spec = canonicalSpec(schedule.spec ?? {});
  if ('problem' in spec) return reject.invalidArgument(`Invalid schedule spec: ${spec.problem}`);
  const { action } = schedule;
  if (action?.startWorkflow === undefined) return { ...schedule, spec };
  const startWorkflow = validateAction(scope, action.startWorkflow);
  return isRejection(startWorkflow) ? startWorkflow : { ...schedule, spec, action: { startWorkflow } };
}

/** Temporal: frontend/workflow_handler.go, validateStartWorkflowArgsForSchedule. */
function validateAction(scope: Scope, workflow: NewWorkflowExecutionInfo): NewWorkflowExecutionInfo | Rejection {
  const { limits } = scope;
  const typeName = workflow.workflowType?.name ?? '';
  const queue = userTaskQueueOf(workflow.taskQueue, limits);
  const reuse = workflow.workflowIdReusePolicy ?? WorkflowIdReusePolicy.Unspecified;
  const refusal = firstOf(
    () => detailedLengthRefusal('WorkflowId', `${workflow.workflowId ?? ''}${APPENDED_TIME}`, limits),
    () => (typeName === '' ? reject.invalidArgument('WorkflowType is not set on request.') : undefined),
    () => tooLong(scope, 'WorkflowType', typeName),
    () => (isRejection(queue) ? queue : undefined),
    () => timeoutsRefusal(workflow),
    () =>
      workflow.cronSchedule ? reject.invalidArgument('Scheduled workflow must not contain CronSchedule') : undefined,
    () =>
      reuse === WorkflowIdReusePolicy.Unspecified || reuse === WorkflowIdReusePolicy.AllowDuplicate
        ? undefined
        : reject.invalidArgument('Scheduled workflow must not contain WorkflowIDReusePolicy'),
    () => retryPolicyRefusal(scope, workflow.retryPolicy),
    () => attributesRefusal(scope, workflow.searchAttributes),
    () => contentRefusal(scope, workflow),
  );
  if (refusal !== undefined) return refusal;
  return isRejection(queue) ? queue : { ...workflow, taskQueue: queue };
}

export function attributesRefusal(scope: Scope, attributes: SearchAttributes | undefined): Rejection | undefined {
  const { limits, namespace } = scope;
  const rules = { namespace: namespace.name, custom: namespace.customAttributes, limits };
  return checkSearchAttributes(attributes, rules) ?? checkSearchAttributeSizes(attributes, limits);
}

/** What every start of the schedule will carry must be allowed for a start. */
function contentRefusal({ limits }: Scope, workflow: NewWorkflowExecutionInfo): Rejection | undefined {
  if (payloadsSize(workflow.input) > limits.blobSizeBytesMax) return reject.invalidArgument(BLOB_TOO_LARGE);
  return memoRefusal({ limits }, workflow.memo);
}

/** What a schedule holds itself: its memo counts with the input of what it starts. Temporal: validateSchedulePayloadSize. */
export function sizeRefusal(scope: Scope, memo: Memo | undefined, { action }: Schedule): Rejection | undefined {
  const bytes = memoSize(memo) + payloadsSize(action?.startWorkflow?.input);
  const isTooLarge = bytes > scope.limits.blobSizeBytesMax;
  return memoRefusal(scope, memo) ?? (isTooLarge ? reject.invalidArgument(BLOB_TOO_LARGE) : undefined);
}

function memoRefusal({ limits }: Pick<Scope, 'limits'>, memo: Memo | undefined): Rejection | undefined {
  return memoSize(memo) > limits.memoSizeBytesMax ? reject.invalidArgument('Memo size exceeds limit.') : undefined;
}

/** A schedule's id counts with what stands before it in the id of its workflow in Temporal. */
function scheduleIdRefusal({ limits }: Scope, scheduleId: string): Rejection | undefined {
  return detailedLengthRefusal('WorkflowId', scheduleWorkflowId(scheduleId), limits);
}

export function createRequestRefusal(scope: Scope, scheduleId: string, requestId: string): Rejection | undefined {
  return firstOf(
    () => scheduleIdRefusal(scope, scheduleId),
    () => (requestId === '' ? reject.invalidArgument('RequestId is not set on request.') : undefined),
    () => lengthRefusal('RequestId', requestId, scope.limits),
  );
}

export function patchRefusal({ limits }: Scope, patch: SchedulePatch, requestId: string): Rejection | undefined {
  const { pause = '', unpause = '' } = patch;
  const notesBytes = Math.max(utf8Length(pause), utf8Length(unpause));
  return firstOf(
    () => lengthRefusal('RequestId', requestId, limits),
    () => (notesBytes > NOTES_LENGTH_MAX ? reject.invalidArgument('Schedule notes exceeds limit.') : undefined),
    () =>
      messageType('temporal.api.schedule.v1.SchedulePatch').encode(patch).length > limits.blobSizeBytesMax
        ? reject.invalidArgument(BLOB_TOO_LARGE)
        : undefined,
  );
}
