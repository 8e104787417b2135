import { isRejection, type Rejection } from '@perdure/core';
import { TaskQueueKind } from '@perdure/proto/enums';
import { QueueKind, type QueueKey } from '@perdure/storage';
import type { SettingKey } from '../config/dynamic-config.ts';
import { HistoryGone } from '../engine/history-reader.ts';
import type { PolledTask } from '../engine/polling.ts';
import type { LoadedRun } from '../engine/loaded-run.ts';
import { keyOf } from './history-pages.ts';
import type { CallContext, Reply } from './handler.ts';
import { isCallerGone, longPoll, pollDeadlineRefusal } from './long-poll.ts';
import { stickyOwner, workerOwner } from './outstanding-polls.ts';
import type { Scope } from './served-method.ts';
import { firstOf, lengthRefusal } from './validate-fields.ts';
import { taskQueueOf, versioningRefusal, type TaskQueueName, type WorkerVersionClaims } from './validate-task-queue.ts';
import type {
  PollActivityTaskQueueRequest,
  PollerScalingDecision,
  PollWorkflowTaskQueueRequest,
} from '@perdure/proto/types';
import { StopSource, type StopSignal } from '../host/stop-signal.ts';

/** One poll of a worker, checked. */
export interface WorkerPoll {
  readonly scope: Scope;
  readonly context: CallContext;
  readonly queue: TaskQueueName;
  readonly kind: QueueKind;
  readonly identity: string;
  readonly claims: WorkerVersionClaims;
  readonly ratePerSecond: number | undefined;
  readonly workerInstanceKey: string;
}

type PollRequest = PollWorkflowTaskQueueRequest | PollActivityTaskQueueRequest;

/** Checks a poll. Temporal: frontend/workflow_handler.go, PollWorkflowTaskQueue and PollActivityTaskQueue. */
export function checkPoll(
  scope: Scope,
  request: PollRequest,
  context: CallContext,
  kind: QueueKind,
): WorkerPoll | Rejection {
  const { workerVersionCapabilities: build, deploymentOptions: deployment, taskQueue } = request;
  const claims = { build, deployment, queue: taskQueue };
  const { identity = '', workerInstanceKey = '' } = request;
  const queue = taskQueueOf(request.taskQueue, scope.limits);
  const refusal = firstOf(
    () => pollDeadlineRefusal(scope.host, context),
    () => lengthRefusal('Identity', identity, scope.limits),
    () => versioningRefusal(scope.config, claims),
    () => (isRejection(queue) ? queue : undefined),
  );
  if (refusal !== undefined) return refusal;
  if (isRejection(queue)) return queue;
  const metadata = 'taskQueueMetadata' in request ? request.taskQueueMetadata : undefined;
  const ratePerSecond = metadata?.maxTasksPerSecond?.value;
  return { scope, context, queue, kind, identity, claims, ratePerSecond, workerInstanceKey };
}

/** A task, and what the worker is told of how much it should poll. */
export interface Polled {
  readonly task: PolledTask;
  readonly pollerScalingDecision: PollerScalingDecision | undefined;
}

function constraintsOf({ scope, queue, kind }: WorkerPoll) {
  const taskType = kind === QueueKind.Workflow ? 'Workflow' : 'Activity';
  return { namespace: scope.namespace.name, taskQueue: queue.name, taskType } as const;
}

/** Waits for a task; undefined when none came. */
export async function waitForTask(poll: WorkerPoll): Promise<Polled | undefined> {
  const { scope, context, queue, kind, identity, claims, ratePerSecond, workerInstanceKey } = poll;
  const { config, engine, host, namespace, polls } = scope;
  const sticky = queue.kind === TaskQueueKind.Sticky;
  const polledAtMs = host.now();
  const source = new StopSource();
  const worker = workerInstanceKey === '' ? [] : [workerOwner(namespace.id, workerInstanceKey)];
  if (worker.some((owner) => polls.hasShutDown(owner, host.now()))) return undefined;
  const owners = sticky ? [stickyOwner(namespace.id, queue.name), ...worker] : worker;
  const forget = owners.length === 0 ? undefined : polls.add(owners, source);
  const workerVersion = claims.build?.buildId ? { buildId: claims.build.buildId } : undefined;
  const options = {
    queue: { namespaceId: namespace.id, name: queue.name, kind },
    sticky,
    taker: { identity, requestId: host.uuid(), workerVersion },
    ratePerSecond,
  };
  try {
    const wait = (signal: StopSignal) => engine.poll({ ...options, signal });
    const waitMs = config.get('matching.longPollExpirationInterval', constraintsOf(poll));
    const task = await longPoll(host, context, waitMs, wait, source);
    return task && { task, pollerScalingDecision: scalingDecision(poll, options.queue, polledAtMs) };
  } finally {
    forget?.();
  }
}

function scalingDecision(poll: WorkerPoll, queue: QueueKey, polledAtMs: number): PollerScalingDecision | undefined {
  const { config, engine } = poll.scope;
  const constraints = constraintsOf(poll);
  const rule = (key: SettingKey & `matching.pollerScaling${string}`) => config.get(key, constraints);
  const delta = engine.matching.find(queue)?.scalingDecision(polledAtMs, {
    idleMs: rule('matching.pollerScalingWaitTime'),
    backlogAgeMs: rule('matching.pollerScalingMinimumBacklog'),
    decisionsPerSecond: rule('matching.pollerScalingDecisionsPerSecond'),
  });
  return delta && { pollRequestDeltaSuggestion: delta };
}

/**
 * Hands over what a run has given away, or takes it back: at once where the caller is gone or the reply cannot be made,
 * later where the reply does not reach it. `empty` is the reply that has nothing to hand over: nobody will read it, or
 * the run was removed before its history could be read.
 */
export async function handOver<Message>(
  context: CallContext,
  takeBack: () => void,
  empty: Message,
  makeReply: () => Promise<Reply<Message>>,
): Promise<Reply<Message>> {
  if (isCallerGone(context)) {
    takeBack();
    return { message: empty };
  }
  try {
    const reply = await makeReply();
    if (isRejection(reply)) takeBack();
    else context.onUndelivered(takeBack);
    return reply;
  } catch (error) {
    takeBack();
    if (error instanceof HistoryGone) return { message: empty };
    throw error;
  }
}

/** Gives a started task back to its run. If that fails, the task's timeout brings it back. */
export function returnTask(
  { engine }: Scope,
  loaded: LoadedRun,
  task: 'workflow' | 'activity',
  offered: { readonly scheduledEventId: number; readonly stamp: number },
): void {
  const { scheduledEventId, stamp } = offered;
  const input = { kind: 'returnTask', runId: loaded.identity.runId, task, scheduledEventId, stamp } as const;
  void engine.submit(keyOf(loaded), input);
}
