import { ContinueAsNewInitiator } from '@perdure/proto/enums';
import type { Failure, Payloads } from '@perdure/proto/types';
import { cronBackoffMs } from '../../cron/cron.ts';
import { toDuration } from '../../kernel/time.ts';
import { createRun } from '../start/create-run.ts';
import type { Transition } from '../transition.ts';
import { retryRun, type RunFailure, type RunRetry } from './retry.ts';
import { firstTaskWaitMs, inChain, successorOptions } from './successor.ts';

/** The run that follows on a cron schedule. */
export interface CronRun {
  /** Undefined where the run that ends had no schedule, or one without another tick. */
  readonly newExecutionRunId: string | undefined;
  /** Begins it; to be called once the close event is written. */
  readonly begin: () => void;
}

/** What a run on a cron schedule is told about those before it. */
export interface CronOutcome {
  readonly lastCompletionResult: Payloads | undefined;
  /** How the last one failed; unset if it did not. */
  readonly continuedFailure?: Failure | undefined;
}

/**
 * The next run on the schedule of a run that ends: it begins as this run began, at once, and waits for its tick with its
 * first workflow task. Temporal: service/history/workflow/retry.go, SetupNewWorkflowForRetryOrCron.
 */
export function cronRun(transition: Transition, outcome: CronOutcome): CronRun {
  const { run, env, step } = transition;
  const { start, firstTaskAtMs } = run.lifecycle;
  const backoffMs = cronBackoffMs(start.cronSchedule ?? '', firstTaskAtMs, env.nowMs);
  if (backoffMs === undefined) return { newExecutionRunId: undefined, begin: () => undefined };
  const newExecutionRunId = env.newId();
  const started = {
    ...start,
    ...inChain(run, newExecutionRunId, env),
    lastCompletionResult: outcome.lastCompletionResult,
    continuedFailure: outcome.continuedFailure,
    identity: undefined,
    completionCallbacks: undefined,
    initiator: ContinueAsNewInitiator.CronSchedule,
    attempt: 1,
    firstWorkflowTaskBackoff: toDuration(firstTaskWaitMs(run, env, backoffMs)),
    eagerExecutionAccepted: undefined,
  };
  return {
    newExecutionRunId,
    begin: () => void createRun(step, run, successorOptions(run, newExecutionRunId, env.newId(), started)),
  };
}

/** What follows a failed run: another attempt where its retry policy gives one, or else the next run on its schedule. */
export function followFailure(transition: Transition, failed: RunFailure): RunRetry {
  const retry = retryRun(transition, failed);
  if (retry.newExecutionRunId !== undefined) return retry;
  const { lastCompletionResult } = transition.run.lifecycle.start;
  return { ...retry, ...cronRun(transition, { lastCompletionResult, continuedFailure: failed.failure }) };
}
