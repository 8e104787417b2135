import { FAIRNESS_KEY_LENGTH_MAX, isRejection, reject, toTimestamp, utf8Length, type Rejection } from '@perdure/core';
import { TaskQueueType } from '@perdure/proto/enums';
import type { RateLimitConfig, TaskQueueConfig } from '@perdure/proto/types';
import type { Reply } from './handler.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import type { ReplyOf, RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import { queueKindOf } from './task-queues.ts';
import { enumRefusal, firstOf } from './validate-fields.ts';
import { taskQueueOf } from './validate-task-queue.ts';

export const taskQueueConfigs: WorkflowMethods = {
  UpdateTaskQueueConfig: within(NamespaceUse.Any, updateTaskQueueConfig),
};

type Request = RequestOf<'UpdateTaskQueueConfig'>;
type RateUpdate = NonNullable<Request['updateQueueRateLimit']>;

/** Bytes. Temporal: frontend/workflow_handler.go, maxReasonLength. */
const REASON_LENGTH_MAX = 1_000;

/** Temporal: frontend and matching_engine.go, UpdateTaskQueueConfig. */
async function updateTaskQueueConfig(scope: Scope, request: Request): Promise<Reply<ReplyOf<'UpdateTaskQueueConfig'>>> {
  const type = request.taskQueueType || TaskQueueType.Workflow;
  const named = taskQueueOf({ name: request.taskQueue }, scope.limits);
  const refusal = firstOf(
    () => rateRefusal(request.updateQueueRateLimit, 'UpdateQueueRateLimit', 'rate limit', type),
    () => {
      const update = request.updateFairnessKeyRateLimitDefault;
      return rateRefusal(update, 'UpdateFairnessKeyRateLimitDefault', 'fairness key rate limit', type);
    },
    () => lengthRefusal('Identity', request.identity, scope.limits.idLengthMax),
    () => weightsRefusal(scope, request),
    () => (isRejection(named) ? named : undefined),
    () => enumRefusal('TaskQueueType', TaskQueueType, type),
  );
  if (refusal !== undefined) return refusal;
  if (isRejection(named)) return named;
  const kind = queueKindOf(type);
  if (kind === undefined) return reject.unimplemented('task queues of this type are not served yet');
  const { engine, host, namespace } = scope;
  const key = { namespaceId: namespace.id, name: named.name, kind };
  const changed = await engine.matching.configure(key, (config) =>
    changedConfig(config, request, { nowMs: host.now(), weightsMax: weightsMaxOf(scope, request) }),
  );
  if (changed === undefined) return reject.unavailable(`task queue ${named.name} is being changed by others`);
  return 'refusal' in changed ? changed.refusal : { message: { config: changed.config } };
}

function changedConfig(
  config: TaskQueueConfig,
  request: Request,
  { nowMs, weightsMax }: { readonly nowMs: number; readonly weightsMax: number },
): { readonly config: TaskQueueConfig } | { readonly refusal: Rejection } {
  const { identity, updateQueueRateLimit: queueRate, updateFairnessKeyRateLimitDefault: keyRate } = request;
  const weights = { ...config.fairnessWeightOverrides };
  for (const key of request.unsetFairnessWeightOverrides ?? []) delete weights[key];
  Object.assign(weights, request.setFairnessWeightOverrides);
  if (Object.keys(weights).length > weightsMax) {
    const message = 'fairness weight overrides update rejected: exceeding maximum key size';
    return { refusal: reject.invalidArgument(message) };
  }
  const rate = (update: RateUpdate): RateLimitConfig => ({
    rateLimit: update.rateLimit,
    metadata: { reason: update.reason, updateIdentity: identity, updateTime: toTimestamp(nowMs) },
  });
  return {
    config: {
      queueRateLimit: queueRate === undefined ? config.queueRateLimit : rate(queueRate),
      fairnessKeysRateLimitDefault: keyRate === undefined ? config.fairnessKeysRateLimitDefault : rate(keyRate),
      fairnessWeightOverrides: weights,
    },
  };
}

function rateRefusal(
  update: RateUpdate | undefined,
  label: string,
  what: string,
  type: TaskQueueType,
): Rejection | undefined {
  if (update?.rateLimit === undefined) return undefined;
  if (type === TaskQueueType.Workflow) {
    return reject.invalidArgument(`Setting ${what} on workflow task queues is not allowed.`);
  }
  if ((update.rateLimit.requestsPerSecond ?? 0) < 0) {
    return reject.invalidArgument(`RequestsPerSecond for ${label} rate limit must be non-negative.`);
  }
  return lengthRefusal(`${label}.Reason`, update.reason, REASON_LENGTH_MAX);
}

function lengthRefusal(field: string, text: string | undefined, lengthMax: number): Rejection | undefined {
  if (utf8Length(text ?? '') <= lengthMax) return undefined;
  return reject.invalidArgument(`${field} field too long (max ${lengthMax} characters).`);
}

/** How many weights of fairness keys a queue may have. */
function weightsMaxOf({ config, namespace }: Scope, { taskQueue = '' }: Request): number {
  return config.get('matching.maxFairnessKeyWeightOverrides', { namespace: namespace.name, taskQueue });
}

function weightsRefusal(scope: Scope, request: Request): Rejection | undefined {
  const { setFairnessWeightOverrides: set = {}, unsetFairnessWeightOverrides: unset = [] } = request;
  const weightsMax = weightsMaxOf(scope, request);
  const keys = Object.keys(set);
  const total = keys.length + unset.length;
  if (total > weightsMax) {
    return reject.invalidArgument(`too many fairness weight overrides in request: got ${total}, maximum ${weightsMax}`);
  }
  for (const key of [...keys, ...unset]) {
    if (key === '') return reject.invalidArgument('fairness weight override key must not be empty');
    if (utf8Length(key) > FAIRNESS_KEY_LENGTH_MAX) {
      return reject.invalidArgument('fairness key length exceeds limit');
    }
  }
  const bad = keys.find((key) => (set[key] ?? 0) <= 0);
  if (bad !== undefined) {
    return reject.invalidArgument(`invalid fairness weight weight for key "${bad}": must be greater than zero`);
  }
  const both = unset.find((key) => Object.hasOwn(set, key));
  if (both === undefined) return undefined;
  return reject.invalidArgument(`fairness weight override key "${both}" present in both set and unset lists`);
}
