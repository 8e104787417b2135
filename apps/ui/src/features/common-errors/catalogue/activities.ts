import type { Topic } from './entry.ts';

export const activities: Topic = {
  title: 'Activities and retries',
  errors: [
    {
      id: 'endless-retries',
      title: 'An activity is tried again without end',
      seen: ['A pending activity with a high attempt, no largest number of attempts, and the same failure each time.'],
      why: 'An activity that is given no retry policy has one: after 1 s, then twice as long each time, up to 100 s, as often as it takes. For a network that is down this is right; for an input that is wrong it never ends.',
      advice: [
        'Mend the cause, then “Retry now”: the workflow goes on as if nothing had been.',
        'Throw failures that no repetition mends as not retryable, or list their types in `nonRetryableErrorTypes`.',
        'Bound it: `maximumAttempts`, or better `scheduleToCloseTimeout`, and catch the failure in the workflow.',
        'The options of one that is pending can be changed here, without a deployment.',
      ],
    },
    {
      id: 'activity-not-retried',
      title: 'An activity is given up after one attempt',
      seen: ['`ActivityTaskFailed` with the retry state `NonRetryableFailure` or `MaximumAttemptsReached`.'],
      why: 'The failure was thrown as not retryable, its type is listed in the policy’s `nonRetryableErrorTypes`, or the policy allows one attempt. Types are compared by name: in TypeScript that of the class of the error, or the one given to `ApplicationFailure`.',
      advice: [
        'Look at the type and at “not retryable” in the failure, and at the policy in the scheduled event.',
        'Where it should go on, reset the workflow to before the activity.',
      ],
    },
    {
      id: 'activity-type-unknown',
      title: 'The worker does not know the activity',
      seen: [
        '`Activity function X is not registered on this Worker`, or the like of other SDKs; tried again and again.',
      ],
      why: 'The worker that polls the activity’s queue was started without it: it is named differently, belongs to another service, or not all workers have been deployed yet.',
      advice: [
        'Register it under this name. While some workers know it, a later attempt may find one of them.',
        'Activities of different services need different task queues; set `taskQueue` where the activity is called.',
      ],
    },
    {
      id: 'activity-twice',
      title: 'An activity was done twice',
      seen: ['A mail that came twice, two payments; the history shows one activity, with an attempt above 1.'],
      why: 'Activities are done at least once. Where a worker did the work and its answer was lost, or came after the timeout, the server can only try again.',
      advice: [
        'Give the outside system a key by which it recognises the repetition: workflow run ID and activity ID are the same in each attempt.',
        'Where that is impossible and once is enough, `maximumAttempts: 1` turns “at least once” into “at most once”.',
      ],
    },
    {
      id: 'cancellation-not-noticed',
      title: 'An activity that was asked to cancel goes on',
      seen: ['`ActivityTaskCancelRequested` in the history, and the activity is still pending.'],
      why: 'A running activity learns of it with the reply to a heartbeat. One that sends none is not told, and ends when it ends. Whether the workflow waits for that is the `cancellationType` of the call.',
      advice: [
        'Heartbeat, and heed the cancellation: `Context.current().cancelled`, the abort signal, or what your SDK has.',
        'Where nothing has to be cleaned up, `TRY_CANCEL` or `ABANDON` let the workflow go on at once.',
      ],
    },
    {
      id: 'activity-gone',
      title: 'A completion or heartbeat finds no activity',
      seen: [
        '`invalid activityID or activity already timed out or invoking workflow is completed`, in the log of a worker or of who completes asynchronously.',
      ],
      why: 'The attempt that it belongs to is no more: it timed out and another one has begun, somebody reset the activity, or the workflow is closed. What it reports is dropped.',
      advice: [
        'Compare the length of the work with `startToCloseTimeout` and `heartbeatTimeout`.',
        'For completion from outside, name the activity by workflow ID and activity ID where more than one attempt may be allowed to complete it; a task token is that of one attempt.',
      ],
    },
    {
      id: 'activity-paused',
      title: 'An activity was paused and forgotten',
      seen: ['A pending activity that is `Paused`; no attempt is due, and its timeouts stand still.'],
      why: 'Somebody paused it, by the Web UI, the command line or a batch operation. There is no event for it in the history.',
      advice: ['“Unpause” on the page Pending, with or without its attempts counted from one again.'],
    },
    {
      id: 'local-activity-too-long',
      title: 'A local activity takes too long',
      seen: [
        'Pairs of `WorkflowTaskCompleted` and `WorkflowTaskScheduled` with nothing between them, several a minute.',
        'Signals, updates and queries that are answered late.',
      ],
      why: 'A local activity runs within a workflow task. When 80 % of the task’s timeout have passed, the worker asks for another task so as not to lose it: three more events each time. Nothing else of the workflow goes on meanwhile, and if the worker dies, the local activity is done again from the start.',
      advice: [
        'Use local activities for what takes a few seconds at the most, and ordinary ones for all else.',
        'Set `localRetryThreshold`: longer pauses between attempts then become timers.',
        'After 30 minutes of it the server times the task out.',
      ],
    },
    {
      id: 'worker-shutdown',
      title: 'Activities fail when workers are deployed',
      seen: ['Failures of the type `WorkerShutdown`, or heartbeat timeouts, at the time of a deployment.'],
      why: 'A worker that is stopped lets its activities finish for `shutdownGraceTime` (in TypeScript none, unless it is set); then it cancels them, and they are tried again elsewhere. One that is killed cannot even tell: the timeout has to run out first.',
      advice: [
        'Send SIGTERM, and leave the worker as much time as its activities need, in the orchestrator’s grace period, too.',
        'Heed the cancellation and report how far it is, so that the next attempt goes on there.',
      ],
    },
  ],
};
