import { durationMsOrZero, isRejection, reject, shownOptions } from '@perdure/core';
import type { ActivityTarget, Jitter, Rejection } from '@perdure/core';
import { TaskQueueKind } from '@perdure/proto/enums';
import type { Duration, UpdateActivityOptionsResponse, WorkflowExecution } from '@perdure/proto/types';
import { randomShare, type Host } from '../host/host.ts';
import type { CallContext, Reply } from './handler.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import type { RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import { firstOf, runIdRefusal } from './validate-fields.ts';
import { priorityRefusal } from './validate-links.ts';

/**
 * What users do to pending activities: to the one of an id, to those of a type, or to all. Temporal:
 * frontend/workflow_handler.go.
 */
export const activityInterventions: WorkflowMethods = {
  PauseActivity: within(NamespaceUse.Any, pauseActivity),
  UnpauseActivity: within(NamespaceUse.Any, unpauseActivity),
  ResetActivity: within(NamespaceUse.Any, resetActivity),
  UpdateActivityOptions: within(NamespaceUse.Any, updateActivityOptions),
};

export async function pauseActivity(scope: Scope, request: RequestOf<'PauseActivity'>): Promise<Reply> {
  const subject = subjectOf(request);
  if (isRejection(subject)) return subject;
  const { identity = '', reason = '', requestId = '' } = request;
  const input = { kind: 'pauseActivity', ...subject.targeted, identity, reason, requestId } as const;
  const done = await scope.engine.submit(keyOf(scope, subject), input);
  return isRejection(done) ? done : { message: {} };
}

export async function unpauseActivity(
  scope: Scope,
  request: RequestOf<'UnpauseActivity'> & Repeatable,
  context: CallContext,
): Promise<Reply> {
  const subject = subjectOf(request);
  if (isRejection(subject)) return subject;
  const done = await scope.engine.submit(keyOf(scope, subject), {
    kind: 'unpauseActivity',
    ...subject.targeted,
    requestId: requestIdOf(request, context),
    resetsAttempts: request.resetAttempts === true,
    dropsHeartbeat: request.resetHeartbeat === true,
    jitter: jitterOf(scope.host, request.jitter),
  });
  return isRejection(done) ? done : { message: {} };
}

export async function resetActivity(
  scope: Scope,
  request: RequestOf<'ResetActivity'> & Repeatable,
  context: CallContext,
): Promise<Reply> {
  const subject = subjectOf(request);
  if (isRejection(subject)) return subject;
  const done = await scope.engine.submit(keyOf(scope, subject), {
    kind: 'resetActivity',
    ...subject.targeted,
    requestId: requestIdOf(request, context),
    keepsPaused: request.keepPaused === true,
    dropsHeartbeat: request.resetHeartbeat === true,
    restoresOptions: request.restoreOriginalOptions === true,
    jitter: jitterOf(scope.host, request.jitter),
  });
  return isRejection(done) ? done : { message: {} };
}

export async function updateActivityOptions(
  scope: Scope,
  request: RequestOf<'UpdateActivityOptions'> & Repeatable,
  context: CallContext,
): Promise<Reply<UpdateActivityOptionsResponse>> {
  const { activityOptions, updateMask, restoreOriginal = false } = request;
  const paths = updateMask?.paths;
  const subject = subjectOf(
    request,
    () => priorityRefusal(activityOptions?.priority),
    () =>
      restoreOriginal && (paths?.length ?? 0) > 0
        ? reject.invalidArgument('Both UpdateMask and RestoreOriginal are provided')
        : undefined,
  );
  if (isRejection(subject)) return subject;
  const named = updateMask && new Set((paths ?? []).map(camelPath));
  const done = await scope.engine.submit(keyOf(scope, subject), {
    kind: 'updateActivityOptions',
    ...subject.targeted,
    requestId: requestIdOf(request, context),
    update: restoreOriginal ? undefined : { options: activityOptions, paths: named },
  });
  if (isRejection(done)) return done;
  const { taskQueue, ...options } = shownOptions(done.options);
  const kind = restoreOriginal ? undefined : TaskQueueKind.Normal;
  return { message: { activityOptions: { ...options, taskQueue: { name: taskQueue?.name, kind } } } };
}

/** The newer forms of these requests have an id; of the older ones a batch operation gives it in this header. */
export const REQUEST_ID_HEADER = 'perdure-request-id';

interface Repeatable {
  readonly requestId?: string | undefined;
}

function requestIdOf({ requestId = '' }: Repeatable, { headers }: CallContext): string {
  return requestId === '' ? (headers.get(REQUEST_ID_HEADER) ?? '') : requestId;
}

/** The execution and the activities that a request is about. */
interface Subject {
  readonly workflowId: string;
  readonly targeted: { readonly runId: string; readonly target: ActivityTarget };
}

interface TargetedRequest {
  readonly execution?: WorkflowExecution | undefined;
  readonly id?: string | undefined;
  readonly type?: string | undefined;
  readonly matchAll?: boolean | undefined;
  readonly unpauseAll?: boolean | undefined;
}

/** `more` is what is checked before the run id. */
function subjectOf(request: TargetedRequest, ...more: readonly (() => Rejection | undefined)[]): Subject | Rejection {
  const { workflowId = '', runId = '' } = request.execution ?? {};
  if (workflowId === '') return reject.invalidArgument('WorkflowId is not set on request.');
  const target = targetOf(request);
  if (target === undefined) {
    return reject.invalidArgument('Either Activity.Id or Activity.Type should be set on request.');
  }
  const malformed = () => runIdRefusal(runId) && reject.invalidArgument('RunId is not valid UUID.');
  return firstOf(...more, malformed) ?? { workflowId, targeted: { runId: runId.toLowerCase(), target } };
}

function targetOf({ id, type, matchAll, unpauseAll }: TargetedRequest): ActivityTarget | undefined {
  if (id !== undefined) return { by: 'id', activityId: id };
  if (type !== undefined) return { by: 'type', activityType: type };
  return matchAll === undefined && unpauseAll === undefined ? undefined : { by: 'all' };
}

function keyOf({ namespace }: Scope, { workflowId }: Subject) {
  return { namespaceId: namespace.id, workflowId };
}

function jitterOf(host: Host, jitter: Duration | undefined): Jitter {
  return { ms: Math.max(0, durationMsOrZero(jitter)), random: randomShare(host) };
}

/** `retry_policy.maximum_attempts` as `retryPolicy.maximumAttempts`. */
export function camelPath(path: string): string {
  return path.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
