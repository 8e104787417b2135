import type { Topic } from './entry.ts';

export const timeouts: Topic = {
  title: 'Timeouts',
  errors: [
    {
      id: 'start-to-close-timeout',
      title: 'An attempt of an activity took too long (start to close)',
      seen: [
        'A failure with the timeout type `StartToClose`, message `activity StartToClose timeout`; then the next attempt.',
      ],
      why: 'The time between a worker’s taking the activity and its answer exceeded `startToCloseTimeout`. The server cannot tell an activity that is slow from a worker that is gone: this timeout is how it notices the latter.',
      advice: [
        'Set it to the longest that a single attempt may reasonably take, not to the average.',
        'For long activities set a heartbeat timeout beside it, so that the loss of a worker is noticed sooner.',
        'Give the calls within the activity timeouts of their own, shorter than this one: their errors say more.',
        'The attempt that timed out may still be running. Make activities safe to be done twice.',
      ],
    },
    {
      id: 'heartbeat-timeout',
      title: 'An activity did not report in time (heartbeat)',
      seen: [
        'A failure with the timeout type `Heartbeat`; then the next attempt, with the details that were reported last.',
      ],
      why: 'The activity has a `heartbeatTimeout`, and for so long nothing was heard. The worker died, or the code does not call `heartbeat` often enough: not at all, only between long steps, or from a thread that is blocked.',
      advice: [
        'Call `heartbeat` in the loop that does the work, a few times within the timeout. SDKs send not each of them but one for about 80 % of it.',
        'Report how far it is, and begin there: the next attempt finds the details in its activity info.',
        'Without heartbeats in the code, set no heartbeat timeout.',
      ],
    },
    {
      id: 'schedule-to-start-timeout',
      title: 'No worker took the activity in time (schedule to start)',
      seen: ['`ActivityTaskTimedOut` with the timeout type `ScheduleToStart`; no further attempt.'],
      why: 'The task lay in its queue for longer than `scheduleToStartTimeout`. No worker polls the queue, or all are busy. It is not tried again, because it would be put into the same queue.',
      advice: [
        'Look at the page of the task queue: its pollers and its backlog.',
        'Set this timeout only where the workflow does something about it, such as using another queue. Otherwise leave it out: the task waits, and is done when a worker comes.',
      ],
    },
    {
      id: 'schedule-to-close-timeout',
      title: 'An activity with all its attempts took too long (schedule to close)',
      seen: [
        '`ActivityTaskTimedOut` with the timeout type `ScheduleToClose`.',
        'Often with `Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying`.',
      ],
      why: '`scheduleToCloseTimeout` bounds the whole: waiting for a worker, each attempt, and the pauses between. When the next attempt could not begin before it, the activity ends then and there. The cause within the failure is that of the last attempt.',
      advice: [
        'Read the inner cause: that is what went wrong.',
        'Where it is to be tried for longer, raise this timeout, or leave it out and bound the attempts instead.',
        'It is also capped by what is left of the run timeout.',
      ],
    },
    {
      id: 'workflow-timeout',
      title: 'The workflow itself timed out',
      seen: ['`WorkflowExecutionTimedOut`; the code is not told, and cleans up nothing.'],
      why: 'A run timeout bounds one run, an execution timeout the whole chain of runs that retries, cron and continue-as-new make. Both are set at the start only, and are infinite unless they are. After a run timeout a retry policy or a cron may begin another run; after an execution timeout nothing does.',
      advice: [
        'Where the workflow is to react to being late, use a timer in its code, not these timeouts.',
        'Start it again with a longer one, or with none. A running workflow’s timeouts cannot be changed.',
        'A reset begins the execution timeout anew.',
      ],
    },
    {
      id: 'activity-without-timeout',
      title: 'An activity has no timeout',
      seen: [
        '`WorkflowTaskFailed` with the cause `BadScheduleActivityAttributes` and `a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set on the activity`.',
      ],
      why: 'Without either of the two a lost worker would never be noticed, so the server refuses to schedule the activity. Most SDKs refuse it before.',
      advice: [
        'Set `startToCloseTimeout` where the activity is called or its proxy is made, and deploy; the task is tried again.',
      ],
    },
    {
      id: 'query-timeout',
      title: 'A query gets no answer',
      seen: [
        '`no poller seen for task queue recently, worker may be down`',
        '`query timed out before a worker could process it`',
        '`Unable to query workflow due to Workflow Task in failed state.`',
      ],
      why: 'Queries are answered by a worker, also those of closed workflows: it replays the history where it has to. There is none, it is busy, or the code of the workflow fails, and then no state can be trusted.',
      advice: [
        'Start a worker for the task queue, with code that fits the history.',
        'Look at the head of the page: where it says that the code fails, that comes first.',
      ],
    },
  ],
};
