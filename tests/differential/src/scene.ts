import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { errorDetails, RawClient } from '@perdure-tests/interop/raw-client';
import type { TypedMessage } from '@perdure-tests/interop/raw-client';
import proto from '@temporalio/proto';
import type { temporal } from '@temporalio/proto';
import { payloads } from './values.ts';
import type { Outcome, Step } from './transcript.ts';

type Messages = typeof temporal.api.workflowservice.v1;

/** A method of the workflow service by its name. */
export type Rpc = {
  [Name in keyof Messages]: Name extends `${infer Method}Response` ? Method : never;
}[keyof Messages];

/** The reply of a method, with the defaults of what the server left out. */
export type ReplyOf<Method extends Rpc> = Messages[`${Method}Response`] extends { prototype: infer Reply }
  ? Reply
  : never;

export type WorkflowTask = ReplyOf<'PollWorkflowTaskQueue'>;
export type ActivityTask = ReplyOf<'PollActivityTaskQueue'>;
type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

export const NAMESPACE = 'default';
const OPERATOR_SERVICE = 'temporal.api.operatorservice.v1.OperatorService';
const CALL_MAX_MS = 25_000;
const PATIENCE_MS = 100_000;
const { EventType } = proto.temporal.api.enums.v1;

/**
 * One program's stage: workflow ids and task queues of its own, and the steps that it took with what came of each.
 * Everything that a program calls here is noted, in the order in which it was called, unless the method says otherwise.
 */
export class Scene {
  /** Stands before each workflow id and task queue, and not in the transcript. */
  readonly prefix = `differential-${randomUUID().slice(0, 8)}/`;
  readonly address: string;
  readonly #client: RawClient;
  readonly #steps: Step[] = [];

  constructor(address: string) {
    this.address = address;
    this.#client = new RawClient(address);
  }

  close(): void {
    this.#client.close();
  }

  /** What has been noted, the calls that are under way left out. */
  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** A workflow id, or a task queue, that no other program uses. */
  id(name: string): string {
    return this.prefix + name;
  }

  execution(name: string, runId = ''): { workflowId: string; runId: string } {
    return { workflowId: this.id(name), runId };
  }

  /** Calls a method that must not refuse. */
  async call<Method extends Rpc>(rpc: Method, request: object, deadlineMs?: number): Promise<ReplyOf<Method>> {
    const outcome = await this.#note(rpc, this.#exchange(rpc, request, deadlineMs));
    if (!('reply' in outcome)) throw new Error(`${rpc} was refused: ${JSON.stringify(outcome)}`);
    return outcome.reply.message as ReplyOf<Method>;
  }

  /** Calls a method that may refuse; undefined when it does. */
  async attempt<Method extends Rpc>(
    rpc: Method,
    request: object,
    deadlineMs?: number,
  ): Promise<ReplyOf<Method> | undefined> {
    const outcome = await this.#note(rpc, this.#exchange(rpc, request, deadlineMs));
    return 'reply' in outcome ? (outcome.reply.message as ReplyOf<Method>) : undefined;
  }

  /** The same for a method of the operator's service. */
  async operate(rpc: string, request: object): Promise<object | undefined> {
    const exchange = this.#client.exchange(rpc, { namespace: NAMESPACE, ...request }, CALL_MAX_MS, OPERATOR_SERVICE);
    const outcome = await this.#note(rpc, exchange);
    return 'reply' in outcome ? outcome.reply.message : undefined;
  }

  /** A call that is not noted: for waiting. */
  async quietly<Method extends Rpc>(rpc: Method, request: object, deadlineMs?: number): Promise<ReplyOf<Method>> {
    const { message } = await this.#exchange(rpc, request, deadlineMs);
    return message as ReplyOf<Method>;
  }

  /** Notes what a program of an SDK came to. */
  say(words: string, value?: unknown): void {
    this.#steps.push({ call: words, outcome: { value } });
  }

  /** Starts a workflow on the queue of the same name, with a request id of its own. */
  async start(name: string, more: object = {}): Promise<ReplyOf<'StartWorkflowExecution'>> {
    return await this.call('StartWorkflowExecution', this.startRequest(name, more));
  }

  startRequest(name: string, more: object = {}): object {
    return {
      workflowId: this.id(name),
      workflowType: { name: 'type' },
      taskQueue: { name: this.id(name) },
      requestId: randomUUID(),
      ...more,
    };
  }

  /** Waits for a workflow task of the queue. */
  async task(name: string, more: object = {}): Promise<WorkflowTask> {
    return await this.call('PollWorkflowTaskQueue', { taskQueue: { name: this.id(name) }, ...more });
  }

  async complete(
    task: Pick<WorkflowTask, 'taskToken'>,
    commands: readonly object[] = [],
    more: object = {},
  ): Promise<ReplyOf<'RespondWorkflowTaskCompleted'>> {
    return await this.call('RespondWorkflowTaskCompleted', { taskToken: task.taskToken, commands, ...more });
  }

  /** The same, where the server may refuse. */
  async tryToComplete(
    task: Pick<WorkflowTask, 'taskToken'>,
    commands: readonly object[],
    more: object = {},
  ): Promise<void> {
    await this.attempt('RespondWorkflowTaskCompleted', { taskToken: task.taskToken, commands, ...more });
  }

  /** Takes the next workflow task of the queue and answers with commands. */
  async answer(name: string, commands: readonly object[] = [], more: object = {}): Promise<WorkflowTask> {
    const task = await this.task(name);
    await this.complete(task, commands, more);
    return task;
  }

  /** Waits for an activity task of the queue. */
  async activity(name: string, more: object = {}): Promise<ActivityTask> {
    return await this.call('PollActivityTaskQueue', { taskQueue: { name: this.id(name) }, ...more });
  }

  async completeActivity(task: ActivityTask, ...results: readonly unknown[]): Promise<void> {
    await this.attempt('RespondActivityTaskCompleted', { taskToken: task.taskToken, result: payloads(...results) });
  }

  async failActivity(task: ActivityTask, failure: object, more: object = {}): Promise<void> {
    await this.attempt('RespondActivityTaskFailed', { taskToken: task.taskToken, failure, ...more });
  }

  async signal(name: string, signalName: string, ...input: readonly unknown[]): Promise<void> {
    const request = { workflowExecution: this.execution(name), signalName, input: payloads(...input) };
    await this.attempt('SignalWorkflowExecution', { requestId: randomUUID(), ...request });
  }

  async requestCancel(name: string, more: object = {}): Promise<void> {
    await this.attempt('RequestCancelWorkflowExecution', {
      workflowExecution: this.execution(name),
      requestId: randomUUID(),
      ...more,
    });
  }

  async terminate(name: string, more: object = {}): Promise<void> {
    await this.attempt('TerminateWorkflowExecution', { workflowExecution: this.execution(name), ...more });
  }

  async update(
    name: string,
    updateId: string,
    more: object = {},
  ): Promise<ReplyOf<'UpdateWorkflowExecution'> | undefined> {
    return await this.attempt('UpdateWorkflowExecution', this.updateRequest(name, updateId, more));
  }

  updateRequest(name: string, updateId: string, more: object = {}): object {
    return {
      workflowExecution: this.execution(name),
      waitPolicy: { lifecycleStage: 'UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED' },
      request: { meta: { updateId, identity: 'client' }, input: { name: 'change', args: payloads('argument') } },
      ...more,
    };
  }

  async query(name: string, more: object = {}, deadlineMs?: number): Promise<ReplyOf<'QueryWorkflow'> | undefined> {
    const request = { execution: this.execution(name), query: { queryType: 'state' }, ...more };
    return await this.attempt('QueryWorkflow', request, deadlineMs);
  }

  async describe(name: string, runId = ''): Promise<ReplyOf<'DescribeWorkflowExecution'>> {
    return await this.call('DescribeWorkflowExecution', { execution: this.execution(name, runId) });
  }

  /** Notes a whole history. */
  async history(name: string, runId = ''): Promise<readonly HistoryEvent[]> {
    const reply = await this.call('GetWorkflowExecutionHistory', { execution: this.execution(name, runId) });
    return reply.history?.events ?? [];
  }

  /** Waits, without a note, until the run's history has `count` events of the type; gives the run's id back. */
  async until(name: string, type: keyof typeof EventType, count = 1, runId = ''): Promise<void> {
    const wanted = EventType[type];
    await this.#poll(`${String(count)} ${type}`, async () => {
      const request = { execution: this.execution(name, runId) };
      const { history } = await this.quietly('GetWorkflowExecutionHistory', request);
      return (history?.events ?? []).filter(({ eventType }) => eventType === wanted).length >= count;
    });
  }

  /**
   * Waits, without a note, until what was called before has reached the workflow: the calls of a connection arrive in
   * their order. Servers of many processes take a moment more.
   */
  async arrived(name: string): Promise<void> {
    await this.quietly('DescribeWorkflowExecution', { execution: this.execution(name) });
    await delay(150);
  }

  /** Waits, without a note, until the workflow's current run is another than `runId`; gives its id. */
  async nextRun(name: string, runId: string): Promise<string> {
    let current = runId;
    await this.#poll('a new run', async () => {
      const request = { execution: this.execution(name) };
      const { workflowExecutionInfo } = await this.quietly('DescribeWorkflowExecution', request);
      current = workflowExecutionInfo?.execution?.runId ?? runId;
      return current !== runId;
    });
    return current;
  }

  /** Waits, without a note, until `holds` of the workflow's description. */
  async untilDescribed(
    name: string,
    holds: (description: ReplyOf<'DescribeWorkflowExecution'>) => boolean,
  ): Promise<void> {
    await this.#poll('the description', async () => {
      return holds(await this.quietly('DescribeWorkflowExecution', { execution: this.execution(name) }));
    });
  }

  /** Waits, without a note, until a list of workflows has one. */
  async untilFound(query: string): Promise<void> {
    await this.#poll('a list', async () => {
      const { executions } = await this.quietly('ListWorkflowExecutions', { query });
      return (executions ?? []).length > 0;
    });
  }

  async #poll(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await holds().catch(notYet))) {
      if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
      await delay(50);
    }
  }

  async #exchange(rpc: string, request: object, deadlineMs = CALL_MAX_MS): Promise<TypedMessage> {
    const identity = rpc.startsWith('Poll') || rpc.startsWith('Respond') ? 'worker' : 'client';
    return await this.#client.exchange(rpc, { namespace: NAMESPACE, identity, ...request }, deadlineMs);
  }

  async #note(call: string, exchange: Promise<TypedMessage>): Promise<Outcome> {
    const step: { call: string; outcome?: Outcome } = { call };
    this.#steps.push(step);
    step.outcome = await outcomeOf(exchange);
    return step.outcome;
  }
}

async function outcomeOf(exchange: Promise<TypedMessage>): Promise<Outcome> {
  try {
    return { reply: await exchange };
  } catch (error) {
    if (!isServiceError(error)) throw error;
    return { code: error.code, message: error.details, details: errorDetails(error) };
  }
}

/** A workflow that is still to be started. */
function notYet(error: unknown): false {
  if (isServiceError(error) && error.code === status.NOT_FOUND) return false;
  throw error;
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'metadata' in error;
}
