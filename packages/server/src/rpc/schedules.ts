import {
  isOpenSchedule,
  isRejection,
  matchingTimes,
  reject,
  scheduleInfo,
  scheduleWorkflowId,
  shownSpec,
  timestampMs,
  toTimestamp,
  withAttributeTypes,
  type Rejection,
  type Schedule,
} from '@perdure/core';
import type { DescribeScheduleResponse, Schedule as ScheduleDefinition, SearchAttributes } from '@perdure/proto/types';
import type { Reply } from './handler.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import { scheduleLists, shownMemo } from './schedule-lists.ts';
import type { ReplyOf, RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import { lengthRefusal } from './validate-fields.ts';
import {
  attributesRefusal,
  createRequestRefusal,
  patchRefusal,
  sizeRefusal,
  validateSchedule,
} from './validate-schedule.ts';

/** Schedules. Temporal: frontend/workflow_handler.go and worker/scheduler. */
export const schedules: WorkflowMethods = {
  CreateSchedule: within(NamespaceUse.Start, createSchedule),
  DescribeSchedule: within(NamespaceUse.Any, describeSchedule),
  UpdateSchedule: within(NamespaceUse.Any, updateSchedule),
  PatchSchedule: within(NamespaceUse.Any, patchSchedule),
  DeleteSchedule: within(NamespaceUse.Any, deleteSchedule),
  ListScheduleMatchingTimes: within(NamespaceUse.Any, listMatchingTimes),
  ...scheduleLists,
};

function keyOf({ namespace }: Scope, scheduleId = '') {
  return { namespaceId: namespace.id, scheduleId };
}

async function createSchedule(
  scope: Scope,
  request: RequestOf<'CreateSchedule'>,
): Promise<Reply<ReplyOf<'CreateSchedule'>>> {
  const { scheduleId = '', requestId = '', memo, searchAttributes, initialPatch } = request;
  const refusal = createRequestRefusal(scope, scheduleId, requestId);
  if (refusal !== undefined) return refusal;
  const schedule = validateSchedule(scope, request.schedule);
  if (isRejection(schedule)) return schedule;
  const unfit =
    attributesRefusal(scope, searchAttributes) ??
    sizeRefusal(scope, memo, schedule) ??
    (initialPatch && patchRefusal(scope, initialPatch, ''));
  if (unfit !== undefined) return unfit;
  const input = { kind: 'createSchedule', request: { ...request, requestId, schedule } } as const;
  const created = await scope.engine.submit(keyOf(scope, scheduleId), input);
  return isRejection(created) ? created : { message: { conflictToken: tokenBytes(created.conflictToken) } };
}

/** A conflict token is a number of eight bytes. */
function tokenBytes(token: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(token));
  return bytes;
}

/** 0 where the request has none, or one that is too short. */
function tokenOf(bytes: Uint8Array | undefined): number {
  if (bytes === undefined || bytes.length < 8) return 0;
  return Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0));
}

/** Reads an open schedule. */
async function readSchedule<T>(
  scope: Scope,
  scheduleId: string | undefined,
  look: (schedule: Schedule) => T,
): Promise<T | Rejection> {
  const key = keyOf(scope, scheduleId);
  return scope.engine.read(key, '', (loaded): T | Rejection => {
    if (loaded === undefined)
      return reject.notFound(`workflow not found for ID: ${scheduleWorkflowId(key.scheduleId)}`);
    return isOpenSchedule(loaded.run) ? look(loaded.run) : reject.notFound('schedule not found');
  });
}

async function describeSchedule(
  scope: Scope,
  request: RequestOf<'DescribeSchedule'>,
): Promise<Reply<DescribeScheduleResponse>> {
  const nowMs = scope.host.now();
  const message = await readSchedule(scope, request.scheduleId, (schedule) => describe(scope, schedule, nowMs));
  return isRejection(message) ? message : { message };
}

function describe({ namespace }: Scope, schedule: Schedule, nowMs: number): DescribeScheduleResponse {
  const typed = (attributes: SearchAttributes | undefined): SearchAttributes | undefined =>
    withAttributeTypes(attributes, namespace.customAttributes);
  return {
    schedule: shownDefinition(schedule.definition, typed),
    info: scheduleInfo(schedule, nowMs),
    memo: shownMemo(schedule.memo),
    searchAttributes: typed(schedule.searchAttributes),
    conflictToken: tokenBytes(schedule.conflictToken),
  };
}

function shownDefinition(
  definition: ScheduleDefinition,
  typed: (attributes: SearchAttributes | undefined) => SearchAttributes | undefined,
): ScheduleDefinition {
  const workflow = definition.action?.startWorkflow;
  const startWorkflow = workflow && { ...workflow, searchAttributes: typed(workflow.searchAttributes) };
  return { ...definition, spec: shownSpec(definition.spec ?? {}), action: { startWorkflow } };
}

async function updateSchedule(scope: Scope, request: RequestOf<'UpdateSchedule'>): Promise<Reply> {
  const { requestId, scheduleId, memo, searchAttributes } = request;
  const schedule = lengthRefusal('RequestId', requestId, scope.limits) ?? validateSchedule(scope, request.schedule);
  if (isRejection(schedule)) return schedule;
  const refusal = attributesRefusal(scope, searchAttributes) ?? sizeRefusal(scope, memo, schedule);
  if (refusal !== undefined) return refusal;
  if (schedule.action?.startWorkflow === undefined) {
    return reject.invalidArgument('Only StartWorkflow action is supported for schedules');
  }
  const conflictToken = tokenOf(request.conflictToken);
  const input = { kind: 'updateSchedule', request: { ...request, schedule }, conflictToken } as const;
  const done = await scope.engine.submit(keyOf(scope, scheduleId), input);
  return isRejection(done) ? done : { message: {} };
}

async function patchSchedule(scope: Scope, request: RequestOf<'PatchSchedule'>): Promise<Reply> {
  const { patch, requestId = '', scheduleId } = request;
  if (patch === undefined) return reject.invalidArgument('Patch is not set on request.');
  const refusal = patchRefusal(scope, patch, requestId);
  if (refusal !== undefined) return refusal;
  const input = { kind: 'patchSchedule', patch: withTime(patch, scope.host.now()), requestId } as const;
  const done = await scope.engine.submit(keyOf(scope, scheduleId), input);
  return isRejection(done) ? done : { message: {} };
}

/** An action that is triggered is one of the time at which that was asked for. */
function withTime(patch: NonNullable<RequestOf<'PatchSchedule'>['patch']>, nowMs: number) {
  const { triggerImmediately: trigger } = patch;
  if (trigger === undefined || trigger.scheduledTime !== undefined) return patch;
  return { ...patch, triggerImmediately: { ...trigger, scheduledTime: toTimestamp(nowMs) } };
}

async function deleteSchedule(scope: Scope, request: RequestOf<'DeleteSchedule'>): Promise<Reply> {
  const done = await scope.engine.submit(keyOf(scope, request.scheduleId), { kind: 'deleteSchedule' });
  return isRejection(done) ? done : { message: {} };
}

async function listMatchingTimes(
  scope: Scope,
  request: RequestOf<'ListScheduleMatchingTimes'>,
): Promise<Reply<ReplyOf<'ListScheduleMatchingTimes'>>> {
  const afterMs = timestampMs(request.startTime);
  const throughMs = timestampMs(request.endTime);
  const startTime = await readSchedule(scope, request.scheduleId, (schedule) =>
    afterMs === undefined || throughMs === undefined
      ? reject.invalidArgument('missing or invalid query')
      : matchingTimes(schedule, afterMs, throughMs),
  );
  return isRejection(startTime) ? startTime : { message: { startTime } };
}
