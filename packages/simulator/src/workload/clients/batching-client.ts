import { ResetType } from '@perdure/proto/enums';
import type { StartBatchOperationRequest } from '@perdure/proto/types';
import { MODEL_TYPE, SIGNAL_NAME } from '../../model/commands.ts';
import { toPayloads } from '../../model/payload.ts';
import { Client } from './client.ts';

type Operation = 'signal' | 'cancel' | 'terminate' | 'reset' | 'delete';

/** Has the server do something to many workflows, and sometimes thinks better of it. */
export class BatchingClient extends Client {
  protected override readonly pauseMaxMs = 3_000;
  #jobs: { readonly namespace: string; readonly jobId: string }[] = [];

  protected override async act(): Promise<void> {
    const job = this.#jobs.at(-1);
    if (job !== undefined && this.random.chance(0.4)) await this.#lookAt(job);
    else await this.#start();
  }

  async #start(): Promise<void> {
    const { random, context } = this;
    const jobId = this.nextId();
    const operation = random.weighted<Operation>({ signal: 10, cancel: 3, terminate: 2, reset: 3, delete: 2 });
    // Of these a few are enough.
    const isHarsh = operation === 'delete' || operation === 'reset' || random.chance(0.3);
    const namespace = random.pick(context.namespaces);
    const runs = context.facts.runs.filter((run) => run.namespace === namespace).slice(-6);
    if (runs.length === 0) return;
    const executions = Array.from({ length: random.int(1, 3) }, () => random.pick(runs)).map((run) => ({
      workflowId: run.workflowId,
      runId: random.chance(0.8) ? run.runId : '',
    }));
    const outcome = await this.persist('StartBatchOperation', {
      namespace,
      jobId,
      reason: 'a batch',
      maxOperationsPerSecond: random.pick([0, 0, 1, 5]),
      ...(isHarsh ? { executions } : { visibilityQuery: this.#query() }),
      ...this.#operation(operation, jobId),
    });
    context.facts.count(`batch ${operation} ${outcome.kind}`);
    this.#jobs = [...this.#jobs.slice(-3), { namespace, jobId }];
  }

  #query(): string {
    const { random, context } = this;
    return random.pick([`WorkflowType = '${MODEL_TYPE}'`, `WorkflowId = '${random.pick(context.workflowIds)}'`]);
  }

  #operation(operation: Operation, jobId: string): StartBatchOperationRequest {
    const { name: identity, random } = this;
    switch (operation) {
      case 'signal': {
        const input = toPayloads({ sender: identity, number: 0, id: jobId });
        return { signalOperation: { signal: SIGNAL_NAME, input, identity } };
      }
      case 'cancel':
        return { cancellationOperation: { identity } };
      case 'terminate':
        return { terminationOperation: { identity } };
      case 'delete':
        return { deletionOperation: { identity } };
      case 'reset': {
        const resetType = random.pick([ResetType.FirstWorkflowTask, ResetType.LastWorkflowTask]);
        return { resetOperation: { resetType, identity } };
      }
    }
  }

  async #lookAt(job: { readonly namespace: string; readonly jobId: string }): Promise<void> {
    const deed = this.random.weighted<'describe' | 'list' | 'stop'>({ describe: 5, list: 2, stop: 2 });
    this.context.facts.count(`batch ${deed}`);
    if (deed === 'stop') await this.persist('StopBatchOperation', { ...job, reason: 'enough' });
    else if (deed === 'list') await this.call('ListBatchOperations', { namespace: job.namespace });
    else await this.call('DescribeBatchOperation', job);
  }
}
