import { TimeoutType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type { HistoryEvent } from '@perdure/proto/types';
import { enumName } from '../../kernel/enum-name.ts';
import { listOf } from '../../visibility/index.ts';
import type { Transition } from '../transition.ts';
import { indexAgain } from '../visibility-record.ts';

/** What ended a workflow task without a completion, as `TemporalReportedProblems` says it. */
export function problemOf(event: HistoryEvent): readonly string[] {
  const failed = event.workflowTaskFailedEventAttributes;
  if (failed !== undefined) {
    const cause = enumName(WorkflowTaskFailedCause, failed.cause ?? WorkflowTaskFailedCause.Unspecified);
    return ['category=WorkflowTaskFailed', `cause=WorkflowTaskFailedCause${cause}`];
  }
  // Temporal says so of every timeout.
  const timeout = enumName(TimeoutType, TimeoutType.StartToClose);
  return ['category=WorkflowTaskTimedOut', `cause=WorkflowTaskTimedOutCause${timeout}`];
}

/**
 * A workflow task has failed: a run whose tasks keep failing can be found by it. Of attempts without an event
 * the problem is that of the one before. Temporal: mutable_state_impl.go, UpdateReportedProblemsSearchAttribute.
 */
export function reportProblem(transition: Transition): void {
  const { task, lifecycle } = transition.run;
  const { problemsToReport } = transition.env.limits;
  if (problemsToReport === 0 || task.failuresInRow < problemsToReport || task.problem === undefined) return;
  const reported = listOf(lifecycle.searchAttributes, 'TemporalReportedProblems');
  if (String(reported) === String(task.problem)) return;
  transition.note({ kind: 'attributeListed', name: 'TemporalReportedProblems', items: task.problem });
  indexAgain(transition);
}

/** A workflow task has been completed: there is no problem any more. */
export function withdrawProblem(transition: Transition): void {
  const { run, env } = transition;
  const isReported = run.lifecycle.searchAttributes?.indexedFields?.['TemporalReportedProblems'] !== undefined;
  if (!isReported || env.limits.problemsToReport === 0) return;
  transition.note({ kind: 'attributeListed', name: 'TemporalReportedProblems', items: [] });
}
