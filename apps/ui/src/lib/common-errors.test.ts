import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Failure, HistoryEvent, WorkflowTaskFailedCause } from '@perdure/proto/json-types';
import { entryOfEnd, entryOfFailure, entryOfRetries, entryOfTask, entryOfTermination } from './common-errors.ts';

const taskFailed = (cause: string, message = ''): HistoryEvent => ({
  workflowTaskFailedEventAttributes: {
    cause: `WORKFLOW_TASK_FAILED_CAUSE_${cause}` as WorkflowTaskFailedCause,
    failure: { message },
  },
});

test('a failed workflow task is recognised by its cause, and by what it says where that says more', () => {
  const cases = [
    ['NON_DETERMINISTIC_ERROR', '[TMPRL1100] Nondeterminism error: …', 'non-determinism'],
    ['WORKFLOW_WORKER_UNHANDLED_FAILURE', 'x is not a function', 'workflow-code-throws'],
    [
      'WORKFLOW_WORKER_UNHANDLED_FAILURE',
      "Failed to initialize workflow of type 'x': no such function is exported by the workflow bundle",
      'workflow-type-unknown',
    ],
    ['WORKFLOW_WORKER_UNHANDLED_FAILURE', 'Script execution timed out after 5000ms', 'deadlock'],
    ['PENDING_ACTIVITIES_LIMIT_EXCEEDED', '', 'too-many-pending'],
    ['BAD_SEARCH_ATTRIBUTES', 'search attribute X is not defined', 'search-attributes'],
    [
      'BAD_SCHEDULE_ACTIVITY_ATTRIBUTES',
      'a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set on the activity.',
      'activity-without-timeout',
    ],
    ['BAD_SCHEDULE_ACTIVITY_ATTRIBUTES', 'activityType is not set', undefined],
    ['RESET_WORKFLOW', '', undefined],
  ] as const;
  for (const [cause, message, entry] of cases) assert.equal(entryOfTask(taskFailed(cause, message)), entry, cause);
  assert.equal(
    entryOfTask({ workflowTaskTimedOutEventAttributes: { timeoutType: 'TIMEOUT_TYPE_START_TO_CLOSE' } }),
    'workflow-task-timeout',
  );
});

test('failures of activities are recognised by what timed out and what they say', () => {
  const timeout = (timeoutType: 'TIMEOUT_TYPE_HEARTBEAT'): Failure => ({ timeoutFailureInfo: { timeoutType } });
  assert.equal(entryOfFailure(timeout('TIMEOUT_TYPE_HEARTBEAT')), 'heartbeat-timeout');
  assert.equal(
    entryOfFailure({
      message: 'workflow timeout',
      timeoutFailureInfo: { timeoutType: 'TIMEOUT_TYPE_START_TO_CLOSE' },
    }),
    undefined,
  );
  assert.equal(
    entryOfFailure({ message: 'Activity function pay is not registered on this Worker, available activities: []' }),
    'activity-type-unknown',
  );
  assert.equal(entryOfFailure({ message: 'Complete result exceeds size limit.' }), 'payload-too-large');
  assert.equal(entryOfFailure({ message: 'the card was refused' }), undefined);
  assert.equal(entryOfRetries(20, 0), 'endless-retries');
  assert.equal(entryOfRetries(20, 25), undefined);
  assert.equal(entryOfRetries(2, 0), undefined);
});

test('the end of a run is recognised', () => {
  assert.equal(entryOfTermination('Workflow history size exceeds limit.'), 'history-too-large');
  assert.equal(
    entryOfTermination(
      'BadScheduleActivityAttributes: ScheduleActivityTaskCommandAttributes.Input exceeds size limit.',
    ),
    'payload-too-large',
  );
  assert.equal(entryOfTermination('by parent close policy'), 'parent-closed');
  assert.equal(entryOfTermination('the order was cancelled'), undefined);
  const given: Failure = {
    activityFailureInfo: { retryState: 'RETRY_STATE_NON_RETRYABLE_FAILURE' },
    cause: { message: 'refused' },
  };
  assert.equal(entryOfEnd(given), 'activity-not-retried');
  assert.equal(entryOfEnd({ ...given, cause: { message: 'Encoded failure' } }), 'codec');
  assert.equal(entryOfEnd({ message: 'refused' }), undefined);
});
