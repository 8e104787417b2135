import type { Failure, HistoryEvent } from '@perdure/proto/json-types';
import { rootCause } from './history/events.ts';

/** Which entry of the page of common errors a failure is a case of: its id there; undefined for none. */
export function entryOfFailure(failure: Failure): string | undefined {
  return entryOfTimeout(failure) ?? find(messages, failure.message ?? '') ?? typeEntries[typeOf(failure)];
}

/** Of the failure that ended a run, from the outside in: what went wrong, or why it was not tried again. */
export function entryOfEnd(failure: Failure): string | undefined {
  const entry = entryOfFailure(rootCause(failure));
  if (entry !== undefined) return entry;
  if (failure.childWorkflowExecutionFailureInfo !== undefined) return 'child-failed';
  const isGivenUp = /(NON_RETRYABLE_FAILURE|MAXIMUM_ATTEMPTS_REACHED)$/.test(
    failure.activityFailureInfo?.retryState ?? '',
  );
  return isGivenUp ? 'activity-not-retried' : undefined;
}

function typeOf({ applicationFailureInfo }: Failure): string {
  return applicationFailureInfo?.type ?? '';
}

const timeoutEntries: Readonly<Record<string, string>> = {
  TIMEOUT_TYPE_START_TO_CLOSE: 'start-to-close-timeout',
  TIMEOUT_TYPE_SCHEDULE_TO_START: 'schedule-to-start-timeout',
  TIMEOUT_TYPE_SCHEDULE_TO_CLOSE: 'schedule-to-close-timeout',
  TIMEOUT_TYPE_HEARTBEAT: 'heartbeat-timeout',
};

/** A timeout of an activity; that of a child workflow is the child's own matter. */
function entryOfTimeout({ timeoutFailureInfo, message = '' }: Failure): string | undefined {
  if (timeoutFailureInfo === undefined || message === 'workflow timeout') return undefined;
  return timeoutEntries[timeoutFailureInfo.timeoutType ?? ''];
}

const typeEntries: Readonly<Record<string, string>> = {
  WorkerShutdown: 'worker-shutdown',
  UnprocessedUpdate: 'update-not-taken',
  AcceptedUpdateCompletedWorkflow: 'unfinished-handlers',
};

type Pattern = readonly [RegExp, string];

function find(patterns: readonly Pattern[], text: string): string | undefined {
  return patterns.find(([pattern]) => pattern.test(text))?.[1];
}

/** What failures say of themselves, in the words of servers and SDKs. */
const messages: readonly Pattern[] = [
  [/TMPRL1100|nondeterminism error/i, 'non-determinism'],
  [/potential deadlock|script execution timed out after/i, 'deadlock'],
  [/^activity (function|type)? ?.* is not registered|unable to find activityType/i, 'activity-type-unknown'],
  [
    /failed to initialize workflow of type|workflow class .* is not registered|(unable to find|unknown) workflow ?type/i,
    'workflow-type-unknown',
  ],
  [/exceeds size limit|blob data size exceeds|TMPRL1103/i, 'payload-too-large'],
  [/^encoded failure$/i, 'codec'],
  [/search attribute .* is not defined|invalid value for search attribute/i, 'search-attributes'],
  [/exceeded workflow execution limit for signal events/i, 'too-many-signals'],
];

/** What ended a run that was terminated, by the reason that the server or another workflow gave. */
export function entryOfTermination(reason: string): string | undefined {
  return find(terminations, reason);
}

const terminations: readonly Pattern[] = [
  [/^workflow history (size|count) exceeds limit/i, 'history-too-large'],
  [/^workflow mutable state size exceeds limit/i, 'state-too-large'],
  [/^transaction size exceeds limit|^grpc_?message_?too_?large/i, 'message-too-large'],
  [/exceeds size limit/i, 'payload-too-large'],
  [/^by parent close policy$/i, 'parent-closed'],
  [/^TerminateIfRunning/i, 'id-terminated'],
];

const taskCauses: Readonly<Record<string, string>> = {
  NON_DETERMINISTIC_ERROR: 'non-determinism',
  UNHANDLED_COMMAND: 'unhandled-command',
  WORKFLOW_WORKER_UNHANDLED_FAILURE: 'workflow-code-throws',
  BAD_SCHEDULE_ACTIVITY_ATTRIBUTES: 'activity-without-timeout',
  BAD_SEARCH_ATTRIBUTES: 'search-attributes',
  PENDING_ACTIVITIES_LIMIT_EXCEEDED: 'too-many-pending',
  PENDING_CHILD_WORKFLOWS_LIMIT_EXCEEDED: 'too-many-pending',
  PENDING_SIGNALS_LIMIT_EXCEEDED: 'too-many-pending',
  PENDING_REQUEST_CANCEL_LIMIT_EXCEEDED: 'too-many-pending',
  GRPC_MESSAGE_TOO_LARGE: 'message-too-large',
  REQUEST_TOO_LARGE: 'message-too-large',
  PAYLOADS_TOO_LARGE: 'payload-too-large',
};

/** Why a workflow task failed or timed out, by its last such event. */
export function entryOfTask(event: HistoryEvent): string | undefined {
  const { workflowTaskFailedEventAttributes: failed, workflowTaskTimedOutEventAttributes: timedOut } = event;
  if (timedOut !== undefined) {
    return timedOut.timeoutType === 'TIMEOUT_TYPE_SCHEDULE_TO_START' ? 'sticky-timeout' : 'workflow-task-timeout';
  }
  if (failed === undefined) return undefined;
  const cause = (failed.cause ?? '').replace('WORKFLOW_TASK_FAILED_CAUSE_', '');
  const known = taskCauses[cause];
  // The message says more than that the code threw something.
  const said = failed.failure && entryOfFailure(failed.failure);
  if (known === 'activity-without-timeout') {
    return /StartToCloseTimeout or ScheduleToCloseTimeout/.test(failed.failure?.message ?? '') ? known : said;
  }
  return known === undefined || known === 'workflow-code-throws' ? (said ?? known) : known;
}

/** From which attempt on an activity without a last attempt is one that may never end. */
const manyAttempts = 8;

/** An activity that fails with an error of its own. */
export function entryOfRetries(attempt: number, maximumAttempts: number): string | undefined {
  return maximumAttempts === 0 && attempt >= manyAttempts ? 'endless-retries' : undefined;
}
