import type { Topic } from './entry.ts';

export const workers: Topic = {
  title: 'Workers and task queues',
  errors: [
    {
      id: 'no-pollers',
      title: 'No worker polls the task queue',
      seen: [
        '“No worker polls the task queue …” at the head of a workflow; the last event is `WorkflowTaskScheduled` or `ActivityTaskScheduled`.',
      ],
      why: 'The task is ready, and nobody asks for it. The worker is not running, cannot reach the server, belongs to another namespace, or polls a queue of another name. The server does not know what queues are meant to exist: any name is a queue.',
      advice: [
        'Start the worker. It needs nothing else: the task is still there.',
        'Compare the name of the queue, letter by letter and in its case, with that in the worker’s options; and the namespace.',
        'A worker that runs but is not listed cannot connect: look at its log for `Unavailable` or TLS errors.',
      ],
    },
    {
      id: 'queue-names-differ',
      title: 'The task queue of an activity is another than expected',
      seen: ['The workflow runs, its activity waits: `no worker polls the task queue …`.'],
      why: 'Activities and children use the queue of their workflow unless the call names one. When workflow and activities live in different services and the call names none, or a wrong one, the task lies where no worker of the activity looks.',
      advice: [
        'Set `taskQueue` in the options of the activity or child, and keep the names in one place that both services import.',
        'For the run that waits: change the queue of the pending activity by its options here, or start a worker for it.',
      ],
    },
    {
      id: 'workers-busy',
      title: 'Workers poll, and tasks wait all the same',
      seen: ['A backlog on the page of the task queue that grows; workers whose slots are all in use.'],
      why: 'A worker takes a task only when it has a slot for it. Long activities hold theirs for as long as they run; a limit of activities per second, of the worker or of the queue, holds tasks back on purpose.',
      advice: [
        'See on the page of a worker which kind of slot is used up, and whether CPU and memory would bear more.',
        'More workers, or more slots: `maxConcurrentActivityTaskExecutions` and its like, or a tuner that follows the resources.',
        'Put long and short activities into different queues, so that the short ones do not wait.',
        'Priorities let the urgent overtake.',
      ],
    },
    {
      id: 'event-loop-blocked',
      title: 'The worker’s process is blocked',
      seen: [
        'Heartbeats that come late, activities that time out while they run, polls that fail; all of one worker at the same time.',
      ],
      why: 'In Node.js activities share one event loop, in Python’s asyncio too. A synchronous call that computes or waits for seconds stops heartbeats, timers and answers of all the others.',
      advice: [
        'Do heavy work in worker threads or processes; in Python write such activities as `def`, with an executor, not as `async def`.',
        'Measure the delay of the event loop, and watch the CPU on the page of the worker.',
      ],
    },
    {
      id: 'cache-too-small',
      title: 'Workers replay histories all the time',
      seen: [
        'High CPU without many tasks; workflow tasks that take longer the longer their histories are; a low share of cache hits on the page of a worker.',
      ],
      why: 'A worker keeps so many workflows in memory, and the rest it reads and runs anew for each task. With more active runs than fit, each task costs the whole history.',
      advice: [
        'Raise `maxCachedWorkflows` as far as memory allows, or add workers.',
        'Continue as new earlier: a short history is quickly replayed.',
      ],
    },
    {
      id: 'namespace-not-found',
      title: 'The namespace does not exist',
      seen: ['`Namespace X is not found.`, when a client or worker connects.'],
      why: 'The name is misspelled, or the namespace was never registered at this server. One that was made a moment ago may not be known everywhere yet.',
      advice: [
        'Make it on the page Namespaces, or by `temporal operator namespace create`.',
        'Look whether the address is that of the right server.',
      ],
    },
    {
      id: 'resource-exhausted',
      title: 'The server refuses calls for a while',
      seen: ['`ResourceExhausted`, with a cause: `RpsLimit`, `ConcurrentLimit`, `BusyWorkflow`.'],
      why: 'There are limits of calls per second and of concurrent polls for each namespace. `BusyWorkflow` is of one workflow: it is just closing, or too many queries wait for it.',
      advice: [
        'SDKs try again by themselves; what is done seldom needs nothing.',
        'Spread bursts: a schedule’s jitter, start delays, batch operations instead of loops.',
        'Give one entity that gets very many calls several workflows.',
      ],
    },
    {
      id: 'codec',
      title: 'Payloads are encoded, and nobody here can read them',
      seen: [
        '“Encoded” instead of a value; failures with the message `Encoded failure`; a worker that cannot decode its input.',
      ],
      why: 'A payload codec (encryption, compression) of the workers has encoded them before the server saw them. A client, a worker or this page that has not the same codec and key sees bytes.',
      advice: [
        'For this page: name a codec server in the settings, one that answers `/decode` with the workers’ keys, and allows this origin by CORS.',
        'All workers and clients of a namespace need the codec. Keep old keys for as long as there are histories that were written with them.',
      ],
    },
    {
      id: 'converter-mismatch',
      title: 'An argument or result cannot be converted',
      seen: [
        '`WorkflowTaskFailed` or a failed activity with an error about an unknown encoding, or about a field that is missing.',
      ],
      why: 'The payload’s `encoding` has no converter there: it was written as Protobuf, or as bytes, by a client in another language. Or the shape of the type has changed, and what was written before has another one.',
      advice: [
        'Use the same data converter everywhere; JSON is what all SDKs have in common.',
        'Pass one object, and change it as one changes a schema: add optional fields, remove none that a run under way still has.',
      ],
    },
  ],
};
