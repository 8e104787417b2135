/**
 * Signals, queries, updates and a long history, over the raw service, with a worker that answers at once: what is
 * measured is the server.
 * usage: node messages-process.ts ADDRESS   (sends 'ready', then answers a MessageOrder with Durations)
 */
import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { Connection } from '@temporalio/client';
import protobuf from '@temporalio/proto';
import type { temporal } from '@temporalio/proto';
import type { Durations } from '../order.ts';
import { durationOf, NAMESPACE } from './wire.ts';

/** What to do so many times, with one workflow. */
export interface MessageOrder {
  readonly what: 'signal' | 'query' | 'update' | 'event';
  readonly count: number;
  readonly concurrency: number;
}

type Task = temporal.api.workflowservice.v1.PollWorkflowTaskQueueResponse;
type Message = temporal.api.protocol.v1.IMessage;

const { CommandType, QueryResultType, TaskQueueKind, UpdateWorkflowExecutionLifecycleStage } =
  protobuf.temporal.api.enums.v1;
const { update } = protobuf.temporal.api;
const POLL_DEADLINE_MS = 30_000;
/** Events that one workflow task writes. */
const EVENTS_PER_TASK = 100;

const connection = await Connection.connect({ address: process.argv[2] ?? '' });
const service = connection.workflowService;

/** A workflow of its own for each order but those for events, which make one history longer and longer. */
let longest: Growing | undefined;

async function newWorkflow() {
  const workflowId = randomUUID();
  const taskQueue = { name: workflowId };
  const request = { namespace: NAMESPACE, workflowId, workflowType: { name: 'bare' }, taskQueue };
  await service.startWorkflowExecution({ ...request, requestId: randomUUID() });
  const own = { name: `${workflowId}/own`, kind: TaskQueueKind.TASK_QUEUE_KIND_STICKY, normalName: workflowId };
  return { execution: { workflowId }, queues: { normal: taskQueue, own } };
}

type Workflow = Awaited<ReturnType<typeof newWorkflow>>;

/** A workflow and its task at work. */
interface Growing {
  readonly workflow: Workflow;
  task: Task;
}

async function growing(): Promise<Growing> {
  const workflow = await newWorkflow();
  const task = await nextTask(workflow, 'normal');
  if (task === undefined) throw new Error('no workflow task');
  return { workflow, task };
}

/** Takes the next task; undefined if there was none, or it is no longer wanted. */
async function nextTask(
  { queues }: Workflow,
  queue: keyof typeof queues,
  signal?: AbortSignal,
): Promise<Task | undefined> {
  const taskQueue = queues[queue];
  const call = () => service.pollWorkflowTaskQueue({ namespace: NAMESPACE, taskQueue });
  const poll = () => connection.withDeadline(Date.now() + POLL_DEADLINE_MS, call);
  const task = await (signal === undefined ? poll() : connection.withAbortSignal(signal, poll)).catch(() => undefined);
  return task === undefined || task.taskToken.length === 0 ? undefined : task;
}

/** The worker keeps the run in its cache, as those of the SDKs do. */
async function answer({ queues }: Workflow, task: Task, more: object = {}): Promise<void> {
  const { taskToken } = task;
  if (task.query) {
    const completedType = QueryResultType.QUERY_RESULT_TYPE_ANSWERED;
    await service.respondQueryTaskCompleted({ namespace: NAMESPACE, taskToken, completedType });
    return;
  }
  const messages = (task.messages ?? []).flatMap(answersOf);
  const commands = messages.map(({ id }) => ({
    commandType: CommandType.COMMAND_TYPE_PROTOCOL_MESSAGE,
    protocolMessageCommandAttributes: { messageId: id ?? '' },
  }));
  await service.respondWorkflowTaskCompleted({
    namespace: NAMESPACE,
    taskToken,
    messages,
    commands,
    ...stickyTo(queues.own),
    ...more,
  });
}

function stickyTo(workerTaskQueue: Workflow['queues']['own']) {
  return { stickyAttributes: { workerTaskQueue, scheduleToStartTimeout: durationOf(30_000) } };
}

/** An update is accepted and completed at once. */
function answersOf({ id, protocolInstanceId, body, eventId }: Message): Message[] {
  const request = update.v1.Request.decode(body?.value ?? new Uint8Array());
  const instance = protocolInstanceId ?? '';
  const accepted = update.v1.Acceptance.encode({
    acceptedRequestMessageId: id ?? '',
    acceptedRequestSequencingEventId: eventId ?? null,
    acceptedRequest: request,
  }).finish();
  const completed = update.v1.Response.encode({ meta: request.meta ?? {}, outcome: { success: {} } }).finish();
  const message = (name: string, value: Uint8Array): Message => ({
    id: `${instance}/${name}`,
    protocolInstanceId: instance,
    body: { type_url: `type.googleapis.com/temporal.api.update.v1.${name}`, value },
  });
  return [message('Acceptance', accepted), message('Response', completed)];
}

async function signal({ execution }: Workflow): Promise<void> {
  await service.signalWorkflowExecution({
    namespace: NAMESPACE,
    workflowExecution: execution,
    signalName: 'signal',
    requestId: randomUUID(),
  });
}

async function query({ execution }: Workflow): Promise<void> {
  await service.queryWorkflow({ namespace: NAMESPACE, execution, query: { queryType: 'state' } });
}

async function makeUpdate({ execution }: Workflow): Promise<void> {
  await service.updateWorkflowExecution({
    namespace: NAMESPACE,
    workflowExecution: execution,
    waitPolicy: {
      lifecycleStage: UpdateWorkflowExecutionLifecycleStage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED,
    },
    request: { meta: { updateId: randomUUID() }, input: { name: 'change' } },
  });
}

/** Writes events in many workflow tasks, each of which comes with the reply to the last. */
async function writeEvents(history: Growing, events: number): Promise<void> {
  for (let left = events; left > 0; left -= EVENTS_PER_TASK) {
    // Each task writes three events of its own.
    const commands = Array.from({ length: EVENTS_PER_TASK - 3 }, () => ({
      commandType: CommandType.COMMAND_TYPE_RECORD_MARKER,
      recordMarkerCommandAttributes: { markerName: 'marker' },
    }));
    const { workflowTask } = await service.respondWorkflowTaskCompleted({
      namespace: NAMESPACE,
      taskToken: history.task.taskToken,
      commands,
      forceCreateNewWorkflowTask: true,
      returnNewWorkflowTask: true,
      ...stickyTo(history.workflow.queues.own),
    });
    history.task = workflowTask as Task;
  }
}

async function carryOut({ what, count, concurrency }: MessageOrder): Promise<Durations> {
  if (what === 'event') {
    longest ??= await growing();
    const startedAtMs = performance.now();
    await writeEvents(longest, count);
    return { durationsMs: [], elapsedMs: performance.now() - startedAtMs };
  }
  const workflow = await newWorkflow();
  if (what === 'signal') return await repeat(count, concurrency, () => signal(workflow));
  const first = await nextTask(workflow, 'normal');
  if (first !== undefined) await answer(workflow, first);
  const ends = new AbortController();
  const work = async (): Promise<void> => {
    while (!ends.signal.aborted) {
      const task = await nextTask(workflow, 'own', ends.signal);
      if (task !== undefined) await answer(workflow, task);
    }
  };
  const working = [work(), work()];
  const durations = await repeat(count, concurrency, () => (what === 'query' ? query(workflow) : makeUpdate(workflow)));
  ends.abort();
  await Promise.all(working);
  return durations;
}

async function repeat(count: number, concurrency: number, once: () => Promise<void>): Promise<Durations> {
  const durationsMs: number[] = [];
  let left = count;
  const startedAtMs = performance.now();
  const go = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const beganAtMs = performance.now();
      await once();
      durationsMs.push(performance.now() - beganAtMs);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, go));
  return { durationsMs, elapsedMs: performance.now() - startedAtMs };
}

process.on('message', (order: MessageOrder) => {
  carryOut(order).then(
    (durations) => process.send?.(durations),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.send?.('ready');
