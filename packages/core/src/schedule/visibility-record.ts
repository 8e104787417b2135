import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Memo, SearchAttributes } from '@perdure/proto/types';
import type { Env } from '../kernel/env.ts';
import { jsonPayload, plainBytes } from '../kernel/json-payload.ts';
import { SYSTEM_TASK_QUEUE } from '../kernel/task-queue.ts';
import { attributeValues, listedSearchAttributes, type VisibilityRecord } from '../visibility/index.ts';
import { listInfo } from './describe.ts';
import { scheduleWorkflowId, type Schedule } from './schedule.ts';

/** The field of the row's memo that holds a `ScheduleListInfo`. Temporal: worker/scheduler/workflow.go, MemoFieldInfo. */
export const LIST_INFO_FIELD = 'ScheduleInfo';

/** Hides the rows of schedules from lists of workflows. */
export const SCHEDULE_DIVISION = 'TemporalScheduler';

const WORKFLOW_TYPE = 'temporal-sys-scheduler-workflow';

/** The schedule's row in visibility: as that of the workflow which it would be in Temporal, in a division of its own. */
export function scheduleRecord(schedule: Schedule, env: Env): VisibilityRecord {
  const workflowId = scheduleWorkflowId(schedule.scheduleId);
  const attributes = shownAttributes(schedule);
  const isClosed = schedule.status !== WorkflowExecutionStatus.Running;
  return {
    namespaceId: schedule.namespaceId,
    workflowId,
    runId: schedule.runId,
    workflowType: WORKFLOW_TYPE,
    taskQueue: SYSTEM_TASK_QUEUE,
    status: schedule.status,
    startTimeMs: schedule.createdAtMs,
    executionTimeMs: schedule.createdAtMs,
    closeTimeMs: schedule.closedAtMs,
    historyLength: isClosed ? 0 : undefined,
    historySizeBytes: isClosed ? 0 : undefined,
    stateTransitionCount: isClosed ? schedule.transitionCount : undefined,
    parentWorkflowId: undefined,
    parentRunId: undefined,
    rootWorkflowId: workflowId,
    rootRunId: schedule.runId,
    memo: memoOf(schedule, env),
    searchAttributes: listedSearchAttributes(attributes, env.namespace.customAttributes),
    values: attributeValues(attributes, env.namespace.customAttributes),
  };
}

function memoOf(schedule: Schedule, env: Env): Memo {
  const info = plainBytes(env.encodeListInfo(listInfo(schedule, env.nowMs)));
  return { fields: { ...schedule.memo?.fields, [LIST_INFO_FIELD]: info } };
}

function shownAttributes({ searchAttributes, definition }: Schedule): SearchAttributes {
  return {
    indexedFields: {
      ...searchAttributes?.indexedFields,
      TemporalNamespaceDivision: jsonPayload(SCHEDULE_DIVISION),
      TemporalSchedulePaused: jsonPayload(definition.state?.paused === true),
    },
  };
}
