import type { Entry, Json } from './transcript.ts';

/** A difference from the server that was recorded that is meant, and why. */
export type Deviation = {
  readonly reason: string;
  /** The one program that it concerns; every program without it. */
  readonly program?: string;
  /** What this server answers instead of what was recorded. */
  readonly expected: (recorded: readonly Entry[]) => readonly Entry[];
};

/** Fields that the server that was recorded does not have yet: not compared. */
export const NEWER_FIELDS: ReadonlyMap<string, string> = new Map([
  ['StartWorkflowExecutionResponse.firstExecutionRunId', 'since Temporal 1.32'],
  ['SignalWithStartWorkflowExecutionResponse.firstExecutionRunId', 'since Temporal 1.32'],
  ['WorkflowExecutionAlreadyStartedFailure.firstExecutionRunId', 'since Temporal 1.32'],
  ['QueryWorkflowResponse.link', 'since Temporal 1.32'],
  ['UpdateWorkflowExecutionResponse.link', 'since Temporal 1.32 without a request id, and of a rejection, too'],
  ['SignalWorkflowExecutionResponse.link', 'since Temporal 1.32'],
  ['SignalWithStartWorkflowExecutionResponse.signalLink', 'since Temporal 1.32'],
  ['WorkflowExecutionSignaledEventAttributes.requestId', 'since Temporal 1.32'],
  ['DescribeBatchOperationResponse.query', 'since Temporal 1.32'],
  ['DescribeBatchOperationResponse.executions', 'since Temporal 1.32'],
  ['BatchOperationInfo.operationType', 'since Temporal 1.32'],
]);

const PROTO_NOT_FOUND = 'BadUpdateWorkflowExecutionMessage: unable to unmarshal request: proto: not found';

const NO_NAMESPACE = 'BadStartChildExecutionAttributes: Namespace nowhere is not found.';

export const DEVIATIONS: readonly Deviation[] = [
  words('Namespace is empty.', 'Namespace not set on request.'),
  words('WorkflowId length exceeds limit.', 'WorkflowId exceeds maximum allowed length (1001/1000)'),
  ...['SIGNAL', 'CANCEL', 'TERMINATE', 'RESET', 'DELETE'].map((name) => operationOf(name)),
  words(
    'a valid StartToClose or ScheduleToCloseTimeout is not set on ScheduleActivityTaskCommand.',
    'a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set on the activity.',
  ),
  at('callbacks/more-than-a-workflow-has', 'Temporal 1.32 words it so', {
    '/0/refused/message': 'cannot attach more than 32 callbacks to an execution',
  }),
  at('starts/what-a-signal-with-start-must-not-be', 'Temporal 1.32 words it so', {
    '/0/refused/message': 'signal not set',
    '/1/refused/message': 'signal name exceeds maximum allowed length (1001/1000)',
    '/2/refused/message': 'workflow type not set',
    '/3/refused/message': 'Request ID exceeds maximum allowed length (1001/1000)',
  }),
  at('failed-tasks/bad-children', 'a namespace that nobody has is the fault of the command, like any other', {
    '/14/refused': { code: 'INVALID_ARGUMENT', message: NO_NAMESPACE },
    '/15/reply/history/events/3': {
      eventId: 4,
      eventTime: 'a time',
      eventType: 'EVENT_TYPE_WORKFLOW_TASK_FAILED',
      workflowTaskFailedEventAttributes: {
        scheduledEventId: 2,
        startedEventId: 3,
        cause: 'WORKFLOW_TASK_FAILED_CAUSE_BAD_START_CHILD_EXECUTION_ATTRIBUTES',
        failure: { message: NO_NAMESPACE, serverFailureInfo: {} },
        identity: 'worker',
      },
    },
    '/15/reply/history/events/4': {
      eventId: 5,
      eventTime: 'a time',
      eventType: 'EVENT_TYPE_WORKFLOW_TASK_SCHEDULED',
      workflowTaskScheduledEventAttributes: {
        taskQueue: { name: 'unknown namespace', kind: 'TASK_QUEUE_KIND_NORMAL' },
        startToCloseTimeout: '10s',
        attempt: 2,
      },
    },
  }),
  at('workflow-tasks/an-activity-goes-to-the-worker-with-the-reply', 'the task has all that a polled one has', {
    '/2/reply/activityTasks/0/retryPolicy': { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '100s' },
  }),
  at('buffering/more-than-may-be-held-back', 'what was held back makes the next task a new one at once', {
    '/16/reply/attempt': 1,
    '/17/reply/history/events/17/workflowTaskScheduledEventAttributes/attempt': 1,
    '/17/reply/history/events/18/workflowTaskStartedEventAttributes/identity': 'worker',
  }),
  at('updates/a-sticky-worker-that-is-gone', 'the event names the queue that the task was offered to first', {
    '/6/reply/history/events/5/workflowTaskScheduledEventAttributes/taskQueue': {
      name: 'sticky',
      kind: 'TASK_QUEUE_KIND_STICKY',
      normalName: 'w',
    },
  }),
  at('updates/what-an-update-must-not-be', 'too much is refused before a worker has it and its workflow ends of it', {
    '/13/reply': undefined,
    '/13/refused': { code: 'INVALID_ARGUMENT', message: 'Blob data size exceeds limit.' },
  }),
  at('batches/what-is-asked-of-workflows', 'it is the operator who asks, not the process that asks for them', {
    '/5/reply/history/events/2/workflowExecutionCancelRequestedEventAttributes/identity': 'operator',
    '/8/reply/history/events/2/workflowExecutionTerminatedEventAttributes/identity': 'operator',
  }),
  at('update-with-start/asks-the-one-that-runs', 'the link is whole, the second time too', {
    '/3/reply/responses/0/startWorkflow/link/workflowEvent/namespace': 'default',
    '/6/reply/responses/0/startWorkflow/link': {
      workflowEvent: {
        namespace: 'default',
        workflowId: 'w',
        runId: '(id 1)',
        eventRef: { eventId: 1, eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED' },
      },
    },
  }),
  at('activities/a-timeout-is-retried', 'an attempt that timed out has come to its end', {
    '/6/reply/pendingActivities/0/lastAttemptCompleteTime': 'a time',
  }),
  at('activity-interventions/other-options-before-it-is-started', 'the worker hears of the timeouts that hold', {
    '/5/reply/scheduleToCloseTimeout': '100s',
    '/5/reply/startToCloseTimeout': '50s',
    '/5/reply/heartbeatTimeout': '50s',
  }),
  at('activity-interventions/other-options-while-it-runs', 'the worker hears of the timeouts that hold', {
    '/7/reply/startToCloseTimeout': '1s',
  }),
  at('activity-interventions/of-a-closed-run', 'nothing of a closed run is changed', {
    '/14/reply': undefined,
    '/14/refused': {
      code: 'NOT_FOUND',
      message: 'workflow execution already completed',
      details: [{ type: 'temporal.api.errordetails.v1.NotFoundFailure' }],
    },
  }),
  at('activity-interventions/paused-before-it-is-started', 'since Temporal 1.32', {
    '/5/reply': undefined,
    '/5/refused': { code: 'FAILED_PRECONDITION', message: 'activity is already paused' },
  }),
  at('activity-interventions/reset-while-it-runs-and-is-paused', 'since Temporal 1.32 a reset ends the pause', {
    '/6/reply/activityPaused': undefined,
    '/7/reply/workflowExecutionInfo/searchAttributes/indexedFields/TemporalPauseInfo': undefined,
    '/7/reply/pendingActivities/0/state': 'PENDING_ACTIVITY_STATE_STARTED',
    '/7/reply/pendingActivities/0/paused': undefined,
    '/7/reply/pendingActivities/0/pauseInfo': undefined,
  }),
  {
    reason: 'since Temporal 1.32 a retry interval is shown only while it lasts',
    expected: (recorded) => recorded.map((entry) => withoutIdleIntervals(entry)),
  },
  at('activity-interventions/completed-while-it-is-paused', 'what is over is no longer paused', {
    '/8/reply/workflowExecutionInfo/searchAttributes/indexedFields/TemporalPauseInfo': undefined,
  }),
  {
    reason: 'a list of the server without items is no search attribute, instead of being null',
    expected: (recorded) => recorded.map((entry) => withoutNullLists(entry)),
  },
  at('workflow-options/an-override-that-follows-the-versions', 'nothing is shown of versions where there is nothing', {
    '/8/reply/workflowExecutionInfo/versioningInfo': undefined,
  }),
  at('workflow-options/what-it-must-not-be', 'Go words it with one of two kinds of blank, by chance', {
    '/3/refused/message':
      'error parsing UpdateMask: proto: invalid path "nothing" for message "temporal.api.workflow.v1.WorkflowExecutionOptions"',
  }),
  at('failed-tasks/messages-that-are-no-messages', 'Go words it with one of two kinds of blank, by chance', {
    '/6/refused/message': PROTO_NOT_FOUND,
    '/7/reply/history/events/3/workflowTaskFailedEventAttributes/failure/message': PROTO_NOT_FOUND,
  }),
  at('update-with-start/the-update-is-done-in-a-closed-workflow', 'a description always has the field', {
    '/7/reply/workflowExecutionInfo/autoResetPoints': {},
  }),
];

/** A text that newer versions word differently. */
function words(recorded: string, ours: string): Deviation {
  const [from, to] = [recorded, ours].map((text) => JSON.stringify(text).slice(1, -1)) as [string, string];
  return {
    reason: 'Temporal 1.32 words it so; the recordings are of 1.31',
    expected: (entries) => JSON.parse(JSON.stringify(entries).replaceAll(from, to)) as Entry[],
  };
}

/** What a batch operation does to workflows has names of its own since. */
function operationOf(name: string): Deviation {
  const recorded = `"operationType":"BATCH_OPERATION_TYPE_${name}"`;
  return {
    reason: 'since Temporal 1.32',
    expected: (entries) =>
      JSON.parse(JSON.stringify(entries).replaceAll(recorded, recorded.replace(/"$/, '_WORKFLOW"'))) as Entry[],
  };
}

/** Other values at some places of one program's transcript: `/3/reply/status`; undefined where nothing is. */
function at(program: string, reason: string, values: Readonly<Record<string, Json | undefined>>): Deviation {
  const expected = (recorded: readonly Entry[]): readonly Entry[] => {
    const copy = structuredClone(recorded);
    for (const [path, value] of Object.entries(values)) put(copy, path.slice(1).split('/'), value);
    return copy;
  };
  return { reason, program, expected };
}

function put(target: unknown, [key = '', ...rest]: readonly string[], value: Json | undefined): void {
  const holder = target as Record<string, unknown>;
  if (rest.length > 0) put(holder[key], rest, value);
  else if (value === undefined) delete holder[key];
  else holder[key] = value;
}

function withoutNullLists(entry: Entry): Entry {
  const text = JSON.stringify(entry);
  return JSON.parse(
    text.replaceAll(
      /,?"(?:TemporalPauseInfo|BuildIds)":\{"type":"KeywordList","json":null\}(?=\})|"(?:TemporalPauseInfo|BuildIds)":\{"type":"KeywordList","json":null\},/g,
      '',
    ),
  ) as Entry;
}

function withoutIdleIntervals(entry: Entry): Entry {
  const reply = entry['reply'] as Readonly<Record<string, Json>> | undefined;
  const pending = reply?.['pendingActivities'] as readonly Readonly<Record<string, Json>>[] | undefined;
  if (reply === undefined || pending === undefined) return entry;
  const pendingActivities = pending.map((activity): Record<string, Json> => {
    const { currentRetryInterval: _1, nextAttemptScheduleTime: next, ...rest } = activity;
    return next === undefined || activity['paused'] === true ? rest : { ...activity };
  });
  return { ...entry, reply: { ...reply, pendingActivities } };
}
