import type { Topic } from './entry.ts';

export const workflowCode: Topic = {
  title: 'Workflow code',
  errors: [
    {
      id: 'non-determinism',
      title: 'The code no longer does what the history says',
      seen: [
        '`WorkflowTaskFailed` with the cause `NonDeterministicError`; in most SDKs the message begins with `[TMPRL1100]`.',
        'The workflow stays open, and its workflow task is tried again and again.',
      ],
      why: 'A worker that has a workflow no longer in its cache runs the code again from the start and compares each command with the history. A change of the code that adds, removes or moves an activity, a timer or a child makes the two differ for runs that are under way. So does code that asks something outside of the workflow: the real clock, randomness of its own, the file system, the order of an unordered collection.',
      advice: [
        'Deploy the code of before again. Nothing is lost: the task succeeds with it, and the run goes on.',
        'Put the change behind `patched` (or `GetVersion`), so that runs under way keep to the old branch, or use worker versioning, which leaves them on the old build.',
        'Where the run may repeat its last steps, reset it to a workflow task before the change.',
        'Replay histories of real runs in your tests, for example with `Worker.runReplayHistories`: the error then shows before the deployment.',
      ],
    },
    {
      id: 'workflow-code-throws',
      title: 'The code throws an error that is no failure',
      seen: [
        '`WorkflowTaskFailed` with the cause `WorkflowWorkerUnhandledFailure`, and the stack of your own code.',
        'The attempt of the workflow task grows; the workflow does not fail.',
      ],
      why: 'An error that is not one of Temporal’s failures is taken for a bug: a `TypeError`, a nil pointer. The run is kept open, so that a worker with corrected code can carry on where it stopped.',
      advice: [
        'Read the stack in the event, correct the code and deploy it. The next attempt takes it.',
        'Where the workflow is meant to fail, throw an `ApplicationFailure`, or name the types in the worker’s `workflowFailureErrorTypes` where the SDK has it.',
        'The view “Code fails” of the list shows every run that is in this state after five attempts.',
      ],
    },
    {
      id: 'workflow-type-unknown',
      title: 'The worker does not know the workflow type',
      seen: [
        '`WorkflowTaskFailed` on the first task; TypeScript says `Failed to initialize workflow of type ‘X’: no such function is exported by the workflow bundle`, others that the type is not registered.',
      ],
      why: 'The worker polls the right queue, but was built without this workflow, or knows it by another name. A queue is expected to be polled by workers that are all able to run whatever is put there.',
      advice: [
        'Export or register the workflow under exactly this name, and restart the worker; the run then begins.',
        'After a type was renamed, keep the old name registered until the last of its runs has closed.',
        'Give services that have different workflows different task queues.',
      ],
    },
    {
      id: 'deadlock',
      title: 'Workflow code computes for too long, or blocks',
      seen: [
        'A workflow task that fails with `Potential deadlock detected`, or in TypeScript `Script execution timed out after 5000ms`.',
        'Or none of it: the task times out, since the thread that would report it is busy.',
      ],
      why: 'Workflow code has to give way after a moment: it decides what comes next, and waits. A loop over much data, a blocking call, a lock or a real sleep keeps its thread, and with it all other workflows of the worker. SDKs watch for that (five seconds in TypeScript, `isolateExecutionTimeout`).',
      advice: [
        'Move the computation, and all that reads or writes anything, to an activity.',
        'Use the SDK’s own sleep, conditions and locks; never those of the language.',
        'Large inputs are decoded there, too: keep them small, or keep a reference to them.',
      ],
    },
    {
      id: 'unhandled-command',
      title: 'The workflow wanted to end while something arrived',
      seen: ['`WorkflowTaskFailed` with the cause `UnhandledCommand`, then another workflow task at once.'],
      why: 'The code completed, failed or continued as new, but a signal or a result had come that it had not seen yet. The server takes no end over that: it fails the task and gives the code another one with what arrived.',
      advice: [
        'Once in a while it needs nothing: the next task decides again, with all the facts.',
        'Where it repeats, signals come faster than the workflow can end. Let it work off what has arrived before it ends, and let the sender slow down.',
      ],
    },
    {
      id: 'workflow-task-timeout',
      title: 'A workflow task timed out',
      seen: [
        '`WorkflowTaskTimedOut` with the type `StartToClose`; the SDK may have warned with `[TMPRL1104]`.',
        'With the type `ScheduleToStart` it is something else: see “The worker that knew the run did not take its task”.',
      ],
      why: 'A worker took the task and did not answer within the workflow task timeout, 10 s unless the start set another, 120 s at the most. It has crashed or was killed, is short of CPU, is cut off from the server, or replays a very long history.',
      advice: [
        'Look whether the worker still runs, and at its CPU and memory: out-of-memory kills look just like this.',
        'Fewer workflow tasks at a time on one worker, or more workers.',
        'Keep histories short by continuing as new; they are replayed when a worker has the run no longer in its cache.',
        'A longer timeout only hides it, and makes a real crash be noticed later.',
      ],
    },
    {
      id: 'sticky-timeout',
      title: 'The worker that knew the run did not take its task',
      seen: ['`WorkflowTaskTimedOut` with the type `ScheduleToStart`.'],
      why: 'Workflow tasks go first to the worker that has the run in its cache, over a queue of its own. When it does not take the task in time (10 s in TypeScript), because it was restarted or is busy, any worker of the normal queue gets it, and replays the history.',
      advice: [
        'After a deployment this is expected, and no attempt is counted for it.',
        'Where it is frequent, shut workers down in order, so that they tell the server; and see whether they are overloaded.',
      ],
    },
    {
      id: 'workflow-not-retried',
      title: 'A failed workflow is not tried again',
      seen: ['`WorkflowExecutionFailed`, and no further run; retry state `RetryPolicyNotSet`.'],
      why: 'Activities have a retry policy unless one is given. Workflows have none unless one is given, as their code can be relied on to keep on from where it was; running it all again is seldom what is wanted.',
      advice: [
        'Let activities do the retrying, and catch their failures where the workflow can do something else.',
        'Reset the run to before the failure, once its cause is mended.',
        'Where the whole of it is to be repeated, start it with a retry policy.',
      ],
    },
    {
      id: 'waits-for-ever',
      title: 'The workflow waits for something that does not come',
      seen: ['The run is open, nothing is pending, and the last event is a completed workflow task.'],
      why: 'The code waits on a condition that only a signal or an update makes true. Nobody sends it, it was sent to another workflow ID, or its name is spelled differently.',
      advice: [
        'Compare the names that the page Queries lists with those that are sent, and look in the history for `WorkflowExecutionSignaled`.',
        'The call stack shows the line on which it waits.',
        'Give every wait a deadline: `condition(…, "30 days")` or its like, and decide what happens then.',
      ],
    },
  ],
};
