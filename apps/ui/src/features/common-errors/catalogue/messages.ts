import type { Topic } from './entry.ts';

export const messages: Topic = {
  title: 'Signals and updates',
  errors: [
    {
      id: 'unfinished-handlers',
      title: 'The workflow ended while a handler was running',
      seen: [
        '`[TMPRL1102]` in a worker’s log: finished while a handler was still running',
        'The sender of an update gets `AcceptedUpdateCompletedWorkflow`: the workflow completed before the update did.',
      ],
      why: 'Handlers that wait for something run beside the main function. When that returns, or continues as new, they are dropped in the middle, and what they had begun stays half done.',
      advice: [
        'Before the end: `await condition(allHandlersFinished)`.',
        'Where breaking off does no harm, say so with the handler’s `unfinishedPolicy: ABANDON`, and the warning goes.',
      ],
    },
    {
      id: 'signal-unhandled',
      title: 'A signal has arrived, and nothing happens',
      seen: ['`WorkflowExecutionSignaled` in the history, and the workflow waits as before.'],
      why: 'No handler has that name: it is misspelled, or it is set only later; until then the signal is kept. Or the handler runs, and the condition that the main function waits for is not made true by it.',
      advice: [
        'Compare the names on the page Queries with that of the signal.',
        'Set handlers at the top of the workflow, before the first `await`.',
        'A default handler (`setDefaultSignalHandler`) sees names that nobody expects.',
      ],
    },
    {
      id: 'signals-lost-with-continue-as-new',
      title: 'Signals are lost when a workflow continues as new',
      seen: ['A signal that is in the history of a run that continued as new, and that the next run knows nothing of.'],
      why: 'The next run begins with its arguments, and with nothing else. The server gives the code every signal that arrived before it ends; but what a handler has put into a list and nobody took out is lost with the run’s memory.',
      advice: [
        'Before continuing as new, empty the list or pass it to the next run as an argument.',
        'Wait for handlers that are running: `allHandlersFinished`.',
      ],
    },
    {
      id: 'signals-lost-with-reset',
      title: 'Signals or updates are missing after a reset',
      seen: ['A run that was reset waits for a signal that had come long ago.'],
      why: 'A reset takes the history up to a point, and then signals and accepted updates that came after it are put at the end again, also those of later runs of the chain, unless the reset excluded them. Cancel requests are not. Their place changes: code that expects one between two steps sees it after all that was kept.',
      advice: [
        'Leave “signals” and “updates” chosen when resetting, unless it is they that did the harm.',
        'Write handlers so that it does not matter when a signal comes: keep it, and look at it when it is needed.',
      ],
    },
    {
      id: 'update-not-taken',
      title: 'An update is refused or gets no answer',
      seen: [
        '`Unable to perform workflow execution update due to Workflow Task in failed state.`',
        '`workflow update was aborted by closing workflow`',
        'A failure of the type `UnprocessedUpdate`',
      ],
      why: 'An update needs a worker that accepts it; until then it is not in the history, and a workflow whose code fails, or that is closing, takes none. `UnprocessedUpdate` is said of one that the worker was sent and did not answer; most often its SDK is too old for updates.',
      advice: [
        'Mend the workflow’s code first, if the head of its page says that it fails.',
        'Send it again with the same update ID: it is done once.',
        'Where the sender need not wait, use a signal.',
      ],
    },
    {
      id: 'workflow-already-closed',
      title: 'The workflow is closed already',
      seen: ['`workflow execution already completed`, for a signal, update or termination.'],
      why: 'It ended before. Workflow IDs are used again, and a message without a run ID goes to the latest run: there is none that is open.',
      advice: [
        'Use signal-with-start or update-with-start where a new run shall take it: both are one step, without a gap between.',
        'Cancelling a closed workflow is no error.',
      ],
    },
  ],
};
