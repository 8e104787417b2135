/** Fields that hold a token: present or not is all that is compared. */
export const TOKEN_FIELDS: ReadonlySet<string> = new Set([
  'taskToken',
  'nextPageToken',
  'conflictToken',
  'longPollToken',
]);

/** Fields whose values depend on the moment, on sizes of ids, or on how a server counts for itself. */
export const MASKED_FIELDS: ReadonlySet<string> = new Set([
  'HistoryEvent.taskId',
  'HistoryEvent.version',
  'PollWorkflowTaskQueueResponse.backlogCountHint',
  'PollWorkflowTaskQueueResponse.pollerScalingDecision',
  'PollActivityTaskQueueResponse.pollerScalingDecision',
  'WorkflowTaskStartedEventAttributes.historySizeBytes',
  'WorkflowExecutionInfo.historySizeBytes',
  'WorkflowExecutionInfo.stateTransitionCount',
  'WorkflowExecutionInfo.executionDuration',
]);

type Key = (item: object) => string;
const keyOf =
  (name: string): Key =>
  (item) =>
    String((item as Record<string, unknown>)[name]);

/** Repeated fields without an order of their own, with what they are sorted by. */
export const UNORDERED_FIELDS: ReadonlyMap<string, Key> = new Map([
  ['DescribeWorkflowExecutionResponse.pendingActivities', keyOf('activityId')],
  ['DescribeWorkflowExecutionResponse.pendingChildren', keyOf('workflowId')],
  ['DescribeWorkflowExecutionResponse.pendingNexusOperations', keyOf('operation')],
]);

/** Durations that depend on how fast the steps before were, with how they are rounded, in seconds. */
export const ROUNDED_FIELDS: ReadonlyMap<string, (seconds: number) => number> = new Map([
  ['WorkflowExecutionStartedEventAttributes.firstWorkflowTaskBackoff', Math.ceil],
  ['PendingActivityInfo.currentRetryInterval', (seconds) => Math.round(seconds * 10) / 10],
]);
