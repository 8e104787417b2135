import type { Topic } from './entry.ts';

export const limits: Topic = {
  title: 'Sizes and limits',
  errors: [
    {
      id: 'history-too-large',
      title: 'The history became too long',
      seen: [
        '`WorkflowExecutionTerminated` with `Workflow history count exceeds limit.` or `Workflow history size exceeds limit.`',
        'Before that, slow workflow tasks, and a page here that takes long to load.',
      ],
      why: 'Everything that a run does is an event, and a loop that never ends has ever more of them. From 4,096 events or 4 MiB on the server suggests to continue as new; at 51,200 events or 50 MiB it terminates the run.',
      advice: [
        'In a loop, ask `workflowInfo().continueAsNewSuggested` at the end of each round, and then continue as new with the state that the next run needs.',
        'Before that, work off the signals that have arrived, and wait for `allHandlersFinished`.',
        'Divide large fan-outs among child workflows: each has a history of its own.',
        'A run that was terminated can be reset to an earlier point, once the code continues as new.',
      ],
    },
    {
      id: 'payload-too-large',
      title: 'An argument or result is too large',
      seen: [
        '`Blob data size exceeds limit.` when starting or signalling',
        '`Complete result exceeds size limit.` as the failure of an activity, which is not tried again',
        '`[TMPRL1103]` in a worker’s log',
        '`WorkflowExecutionTerminated` with a reason that ends in `exceeds size limit.`',
      ],
      why: 'One payload field may have 2 MiB; from 512 KiB on there are warnings. What workflow code itself hands over (the input of an activity, its own result) and is larger ends the workflow, since trying again would give the same.',
      advice: [
        'Keep the data elsewhere (object storage, a database), and pass its address.',
        'Compress in a payload codec, or use the SDK’s external storage.',
        'Page through large results: several small activities instead of one.',
      ],
    },
    {
      id: 'message-too-large',
      title: 'What a workflow task says is too large as a whole',
      seen: [
        '`WorkflowExecutionTerminated` with `GrpcMessageTooLarge` or `Transaction size exceeds limit.`',
        '`grpc: received message larger than max` in a worker’s log',
      ],
      why: 'All commands of one workflow task travel in one message, and are written in one transaction: 4 MiB each. A hundred activities with inputs of 50 KiB each, scheduled at once, are too much, though each of them is small.',
      advice: [
        'Schedule in portions: await something, if only a timer, between them; or give the portions to child workflows.',
        'Make the inputs smaller, as for payloads that are too large.',
      ],
    },
    {
      id: 'state-too-large',
      title: 'Too much of a workflow is pending at once',
      seen: ['`WorkflowExecutionTerminated` with `Workflow mutable state size exceeds limit.`'],
      why: 'What is under way (activities with their inputs and heartbeat details, children, timers, buffered signals, the memo) is kept as the state of the run, up to 8 MiB.',
      advice: [
        'Have less under way at a time, with smaller inputs and heartbeat details.',
        'Let child workflows share the work.',
      ],
    },
    {
      id: 'too-many-pending',
      title: 'More is pending than one workflow may have',
      seen: [
        '`WorkflowTaskFailed` with `PendingActivitiesLimitExceeded`, `PendingChildWorkflowsLimitExceeded`, `PendingSignalsLimitExceeded` or `PendingRequestCancelLimitExceeded`.',
      ],
      why: 'A run has at most 2,000 activities under way, 2,000 children, 2,000 signals and 2,000 cancel requests to others. The task is tried again; it succeeds when enough of them are done, or the code asks for fewer.',
      advice: [
        'Bound what runs at a time: a pool of some hundred, that takes the next when one is done.',
        'Give parts of the work to children, which have limits of their own.',
      ],
    },
    {
      id: 'too-many-signals',
      title: 'A run has had too many signals or updates',
      seen: [
        '`exceeded workflow execution limit for signal events` at the sender',
        '`limit on number of concurrent in-flight updates has been reached`',
      ],
      why: 'A run takes 10,000 signals and 2,000 updates in all, and ten updates at a time.',
      advice: [
        'Continue as new after some thousand of them: the counts begin again.',
        'Gather several messages into one, or give each group of senders a workflow.',
      ],
    },
    {
      id: 'search-attributes',
      title: 'A search attribute is unknown or does not fit',
      seen: [
        '`WorkflowTaskFailed` with the cause `BadSearchAttributes`',
        '`search attribute X is not defined`, `invalid value for search attribute X of type Y`',
      ],
      why: 'Search attributes are defined for each namespace, with a type. A run that sets one that is not defined, or gives it a value of another type or of more than 2 KiB, is refused.',
      advice: [
        'Add it on the page of the namespace, or by `temporal operator search-attribute create`; then the task succeeds.',
        'A value larger than that is no search attribute: keep it in the memo.',
      ],
    },
  ],
};
