import { toDuration } from '@perdure/core';
import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@perdure/proto/enums';
import { duration, MODEL_TYPE, SIGNAL_NAME } from '../model/commands.ts';
import { makeProgram } from '../model/make-program.ts';
import { toPayloads } from '../model/payload.ts';
import { Client } from './client.ts';

const { Unspecified, AllowDuplicate, AllowDuplicateFailedOnly, RejectDuplicate, TerminateIfRunning } =
  WorkflowIdReusePolicy;
const REUSE_POLICIES = [
  Unspecified,
  AllowDuplicate,
  AllowDuplicateFailedOnly,
  RejectDuplicate,
  TerminateIfRunning,
] as const;
const { Fail, UseExisting, TerminateExisting } = WorkflowIdConflictPolicy;
const CONFLICT_POLICIES = [WorkflowIdConflictPolicy.Unspecified, Fail, UseExisting, TerminateExisting] as const;

/** Starts workflows, with every policy there is, and with signals. */
export class StartingClient extends Client {
  protected override readonly pauseMaxMs = 1_200;

  protected override async act(): Promise<void> {
    if (this.random.chance(0.3)) await this.#signalWithStart();
    else await this.#start();
  }

  async #start(): Promise<void> {
    const { facts, hasWorker, onEagerStart } = this.context;
    const common = this.#makeRequest();
    const eager = this.random.chance(0.3) && hasWorker(common.namespace, common.taskQueue.name);
    const onConflictOptions = this.random.chance(0.3) ? { attachRequestId: true } : undefined;
    const request = { ...common, requestEagerExecution: eager, onConflictOptions };
    const outcome = await this.persist('StartWorkflowExecution', request);
    facts.count(`start ${outcome.kind}`);
    if (outcome.kind !== 'reply') return;
    facts.started(request.namespace, request.workflowId, outcome.message.runId ?? '');
    if (outcome.message.eagerWorkflowTask !== undefined) onEagerStart(request, outcome.message);
  }

  async #signalWithStart(): Promise<void> {
    const { facts } = this.context;
    const request = this.#makeRequest();
    const signal = { sender: this.name, number: 0, id: request.requestId };
    const outcome = await this.persist('SignalWithStartWorkflowExecution', {
      ...request,
      signalName: SIGNAL_NAME,
      signalInput: toPayloads(signal),
    });
    facts.count(`signalWithStart ${outcome.kind}`);
    if (outcome.kind !== 'reply') return;
    const { runId = '' } = outcome.message;
    facts.started(request.namespace, request.workflowId, runId);
    facts.signaled(runId, signal.id);
  }

  #makeRequest() {
    const { random } = this;
    const { namespaces, queues, workflowIds, longTimers } = this.context;
    const namespace = random.pick(namespaces);
    const workflowId = random.pick(workflowIds);
    return {
      namespace,
      workflowId,
      requestId: this.nextId(),
      identity: this.name,
      workflowType: { name: MODEL_TYPE },
      taskQueue: { name: random.pick(queues) },
      input: toPayloads(makeProgram({ random, queues, workflowIds, longTimers })),
      workflowIdReusePolicy: random.pick(REUSE_POLICIES),
      workflowIdConflictPolicy: random.chance(0.5)
        ? WorkflowIdConflictPolicy.Unspecified
        : random.pick(CONFLICT_POLICIES),
      workflowTaskTimeout: toDuration(random.int(1_000, 5_000)),
      workflowRunTimeout: random.chance(0.15) ? toDuration(random.int(1_000, 20_000)) : undefined,
      workflowExecutionTimeout: random.chance(0.15) ? toDuration(random.int(2_000, 40_000)) : undefined,
      workflowStartDelay: random.chance(0.1) ? duration(random.int(1, 5_000)) : undefined,
      retryPolicy: random.chance(0.3)
        ? { initialInterval: toDuration(random.int(50, 1_500)), maximumAttempts: random.int(1, 3) }
        : undefined,
      memo: random.chance(0.2) ? { fields: { started: toPayloads('by a client').payloads?.[0] ?? {} } } : undefined,
    };
  }
}
