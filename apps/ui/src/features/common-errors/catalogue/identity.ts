import type { Topic } from './entry.ts';

export const identity: Topic = {
  title: 'IDs, children and resets',
  errors: [
    {
      id: 'id-already-running',
      title: 'A workflow with this ID is running',
      seen: [
        '`Workflow execution is already running.`; `WorkflowExecutionAlreadyStarted` in SDKs; for a child `StartChildWorkflowExecutionFailed` with `WorkflowAlreadyExists`.',
      ],
      why: 'Of one workflow ID only one run is open at a time: that is what makes starts safe to repeat. `WorkflowIdConflictPolicy` says what a start does when there is one: fail (as at first), use the running one, or terminate it.',
      advice: [
        'Where it is the same piece of work, `USE_EXISTING` gives a handle to it.',
        'Where it is another one, the ID should say so: put what distinguishes them into it.',
        'A start that is sent again with the same request ID gets the run that it made.',
      ],
    },
    {
      id: 'id-used-before',
      title: 'The ID was used before',
      seen: ['`Workflow execution already finished. … Workflow Id reuse policy: reject duplicate workflow Id.`'],
      why: 'The reuse policy is about runs that are closed: allow another (as at first), only after one that did not complete, or none. What the server has removed after the retention of the namespace does not count any more.',
      advice: [
        'Choose another ID, or another `WorkflowIdReusePolicy`.',
        'For “never twice” across the retention, keep the fact in a database.',
      ],
    },
    {
      id: 'id-terminated',
      title: 'A running workflow was terminated by a start of the same ID',
      seen: [
        '`WorkflowExecutionTerminated` with the reason `TerminateIfRunning WorkflowIdReusePolicy`, and a new run.',
      ],
      why: 'Somebody started the ID with the conflict policy `TERMINATE_EXISTING`. The code was not told: it could not clean up.',
      advice: [
        'Cancel the old one and wait for its end, where that matters.',
        'Find the caller by the identity in the new run’s first event.',
      ],
    },
    {
      id: 'parent-closed',
      title: 'A child ended with its parent',
      seen: ['`WorkflowExecutionTerminated` with the reason `by parent close policy`.'],
      why: 'When a parent ends in any way, its open children are terminated, unless they were started with another `parentClosePolicy`. Continuing as new is an end, too.',
      advice: [
        '`ABANDON` lets them live, `REQUEST_CANCEL` lets them clean up.',
        'Or let the parent wait for them before it ends.',
      ],
    },
    {
      id: 'child-never-started',
      title: 'A child that was started is not there',
      seen: [
        '`StartChildWorkflowExecutionInitiated` without `ChildWorkflowExecutionStarted`, and a parent that is closed.',
      ],
      why: 'Starting a child is a request that the server carries out after the parent’s workflow task. If the parent closes in that same task, it is not carried out, whatever the parent close policy.',
      advice: [
        'Await the start (`startChild` resolves when the child is started) before the parent returns or continues as new.',
      ],
    },
    {
      id: 'child-failed',
      title: 'A parent failed because of a child',
      seen: [
        '`WorkflowExecutionFailed` whose failure is a `ChildWorkflowFailure`, with the child’s own failure as its cause.',
      ],
      why: 'Awaiting a child throws what the child failed with. Nobody caught it, so the parent failed with it.',
      advice: ['Look at the child: its page has the cause.', 'Catch it where the parent can go on without.'],
    },
    {
      id: 'reset-not-possible',
      title: 'A reset refuses the event',
      seen: ['`Can only reset workflow to event ID in range [WorkflowTaskScheduled +1, WorkflowTaskStarted + 1]`'],
      why: 'A run can only be cut where its code is asked what to do next: at the end of a workflow task. Other events are in between.',
      advice: [
        'Choose a `WorkflowTaskCompleted`, `WorkflowTaskFailed` or `WorkflowTaskTimedOut`: the dialog here offers only those.',
      ],
    },
    {
      id: 'workflow-gone',
      title: 'A workflow that ran is not found',
      seen: ['`NotFound`, where there was a workflow; a link of some weeks ago that leads nowhere.'],
      why: 'Closed workflows are removed after the retention of their namespace, or when somebody deletes them. Runs that were reset or continued as new are closed, too, each from its own end on.',
      advice: [
        'Set a longer retention on the page of the namespace: it is for what closes from then on.',
        'Keep what has to be kept in a system of your own, or download histories.',
      ],
    },
  ],
};
