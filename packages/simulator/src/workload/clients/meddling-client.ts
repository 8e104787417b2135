import { Client } from './client.ts';

type Deed = 'cancel' | 'terminate' | 'describe' | 'list' | 'count' | 'resetSticky' | 'describeQueue';

/** Cancels, terminates, looks at and lists workflows. */
export class MeddlingClient extends Client {
  protected override readonly pauseMaxMs = 900;

  protected override async act(): Promise<void> {
    const { namespace, workflowId } = this.somewhere();
    const deed = this.random.weighted<Deed>({
      cancel: 20,
      terminate: 8,
      describe: 40,
      list: 20,
      count: 5,
      resetSticky: 5,
      describeQueue: 5,
    });
    this.context.facts.count(deed);
    await this.#do(deed, namespace, workflowId);
  }

  async #do(deed: Deed, namespace: string, workflowId: string): Promise<void> {
    const execution = { workflowId, runId: this.random.chance(0.3) ? (this.someRun()?.runId ?? '') : '' };
    switch (deed) {
      case 'cancel': {
        const request = { namespace, workflowExecution: { workflowId }, requestId: this.nextId(), identity: this.name };
        await this.persist('RequestCancelWorkflowExecution', request);
        break;
      }
      case 'terminate':
        await this.persist('TerminateWorkflowExecution', {
          namespace,
          workflowExecution: { workflowId },
          reason: 'meddling',
        });
        break;
      case 'describe':
        await this.call('DescribeWorkflowExecution', { namespace, execution });
        break;
      case 'list':
        await this.#list(namespace, workflowId);
        break;
      case 'count':
        await this.call('CountWorkflowExecutions', { namespace, query: 'GROUP BY ExecutionStatus' });
        break;
      case 'resetSticky':
        await this.call('ResetStickyTaskQueue', { namespace, execution });
        break;
      case 'describeQueue':
        await this.call('DescribeTaskQueue', { namespace, taskQueue: { name: this.random.pick(this.context.queues) } });
        break;
    }
  }

  /** What is listed, such as children, others may then signal, cancel and ask as well. */
  async #list(namespace: string, workflowId: string): Promise<void> {
    const request = { namespace, query: this.#query(workflowId), pageSize: 5 };
    const outcome = await this.call('ListWorkflowExecutions', request);
    if (outcome.kind !== 'reply') return;
    for (const { execution } of outcome.message.executions ?? []) {
      this.context.facts.started(namespace, execution?.workflowId ?? '', execution?.runId ?? '');
    }
  }

  #query(workflowId: string): string {
    const running = "ExecutionStatus = 'Running'";
    return this.random.pick(['', running, running, `WorkflowId = '${workflowId}'`]);
  }
}
