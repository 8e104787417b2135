import { isRejection, type Rejection } from '@perdure/core';
import type { PollNexusTaskQueueResponse } from '@perdure/proto/types';
import { StopSource, type StopSignal } from '../host/stop-signal.ts';
import type { CallContext, Reply } from './handler.ts';
import { longPoll, pollDeadlineRefusal } from './long-poll.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import { workerOwner } from './outstanding-polls.ts';
import type { RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import { firstOf, lengthRefusal } from './validate-fields.ts';
import { taskQueueOf, versioningRefusal } from './validate-task-queue.ts';
import { recordHeartbeats } from './workers.ts';

/** Workers that would also take Nexus tasks can run here; there are none for them yet. */
export const nexusPolls: WorkflowMethods = {
  PollNexusTaskQueue: within(NamespaceUse.Any, pollNexusTaskQueue),
};

/** Waits like any poll, and ends empty. Temporal: frontend/workflow_handler.go. */
async function pollNexusTaskQueue(
  scope: Scope,
  request: RequestOf<'PollNexusTaskQueue'>,
  context: CallContext,
): Promise<Reply<PollNexusTaskQueueResponse>> {
  const { identity, workerInstanceKey = '', workerHeartbeat = [], taskQueue } = request;
  const { config, host, limits, namespace, polls } = scope;
  const queue = taskQueueOf(taskQueue, limits);
  const early = pollDeadlineRefusal(host, context) ?? (isRejection(queue) ? queue : undefined);
  if (early !== undefined || isRejection(queue)) return early as Rejection;
  const claims = { build: request.workerVersionCapabilities, deployment: request.deploymentOptions, queue: taskQueue };
  const refusal = firstOf(
    () => lengthRefusal('Identity', identity, limits),
    () => {
      recordHeartbeats(scope, workerHeartbeat);
      return versioningRefusal(config, claims);
    },
  );
  if (refusal !== undefined) return refusal;
  const owners = workerInstanceKey === '' ? [] : [workerOwner(namespace.id, workerInstanceKey)];
  if (owners.some((owner) => polls.hasShutDown(owner, host.now()))) return { message: {} };
  const source = new StopSource();
  const forget = polls.add(owners, source);
  try {
    const place = { namespace: namespace.name, taskQueue: queue.name, taskType: 'Nexus' } as const;
    await longPoll(host, context, config.get('matching.longPollExpirationInterval', place), untilStopped, source);
    return { message: {} };
  } finally {
    forget();
  }
}

function untilStopped(signal: StopSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });
}
