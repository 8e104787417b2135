import type { WorkflowExecutionStartedEventAttributes } from '@perdure/proto/types';
import type { Env } from '../../kernel/env.ts';
import { toTimestampIfSet } from '../../kernel/time.ts';
import { inheritedCallbacks } from '../callback/callback.ts';
import { firstRunId } from '../lifecycle.ts';
import type { Run } from '../run.ts';
import type { NewRunOptions } from '../start/create-run.ts';
import { inheritedResetPoints } from '../task/build-ids.ts';

/** A run that follows another by itself, with a request id that nobody knows; who watched goes on watching. */
export function successorOptions(
  run: Run,
  runId: string,
  requestId: string,
  started: WorkflowExecutionStartedEventAttributes,
): NewRunOptions {
  return { runId, requestId, started, links: run.lifecycle.startLinks, watchers: run.watchers };
}

/** What every run that follows another has from it: its place in the chain and in the family, and its last deadline. */
export function inChain(run: Run, newRunId: string, env: Env): WorkflowExecutionStartedEventAttributes {
  const { start, executionExpiresAtMs, priority } = run.lifecycle;
  return {
    workflowId: run.workflowId,
    continuedExecutionRunId: run.runId,
    originalExecutionRunId: newRunId,
    firstExecutionRunId: firstRunId(run),
    parentWorkflowNamespace: start.parentWorkflowNamespace,
    parentWorkflowNamespaceId: start.parentWorkflowNamespaceId,
    parentWorkflowExecution: start.parentWorkflowExecution,
    parentInitiatedEventId: start.parentInitiatedEventId,
    rootWorkflowExecution: start.rootWorkflowExecution,
    workflowExecutionTimeout: start.workflowExecutionTimeout,
    workflowExecutionExpirationTime: toTimestampIfSet(executionExpiresAtMs),
    completionCallbacks: inheritedCallbacks(run),
    prevAutoResetPoints: inheritedResetPoints(run, env),
    priority,
    // One that binds to a version would stay; others end with the run.
    versioningOverride: undefined,
  };
}

/**
 * How long the first workflow task of the next run waits, in milliseconds: as long as is wanted, and at least until this
 * run, from when its own first task was due, has had the shortest life that a run may have. So runs that end at once
 * cannot follow each other in a tight loop. One that ends before that task was due has lived since its start: waits do
 * not add up from run to run. Temporal: mutable_state_impl.go, ContinueAsNewMinBackoff.
 */
export function firstTaskWaitMs(run: Run, env: Env, wantedMs: number): number {
  const { firstTaskAtMs, startedAtMs } = run.lifecycle;
  const lifetimeMs = Math.max(env.nowMs - (firstTaskAtMs <= env.nowMs ? firstTaskAtMs : startedAtMs), 0);
  return Math.max(wantedMs, env.limits.runLifetimeMinMs - lifetimeMs, 0);
}
