import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import { hold } from '../../kernel/violation.ts';
import { QUERY_TYPE } from '../../model/commands.ts';
import { fromPayloads } from '../../model/payload.ts';
import type { WorkflowResult } from '../../model/program.ts';
import { Client } from './client.ts';

/** Asks workflows what they know. */
export class QueryingClient extends Client {
  protected override readonly pauseMaxMs = 700;

  protected override async act(): Promise<void> {
    const run = this.someRun();
    if (run === undefined) return;
    const { namespace, workflowId, runId } = run;
    const { facts } = this.context;
    const acknowledged = facts.signalsOf(runId);
    const accepted = facts.updatesOf(runId);
    const execution = { workflowId, runId };
    const outcome = await this.call('QueryWorkflow', { namespace, execution, query: { queryType: QUERY_TYPE } });
    facts.count(`query ${outcome.kind}`);
    if (outcome.kind !== 'reply' || outcome.message.queryRejected !== undefined) return;
    // A run that was ended by force may have had signals that no worker was ever told of.
    if (await this.#endedByForce(namespace, workflowId, runId)) return;
    const { signals, updates } = fromPayloads(outcome.message.queryResult) as WorkflowResult;
    for (const id of acknowledged) {
      hold(signals.includes(id), 20, () => `${workflowId}/${runId}: the answer to a query lacks signal ${id}`);
    }
    for (const id of accepted) {
      hold(updates.includes(id), 20, () => `${workflowId}/${runId}: the answer to a query lacks update ${id}`);
    }
  }

  async #endedByForce(namespace: string, workflowId: string, runId: string): Promise<boolean> {
    const outcome = await this.persist('DescribeWorkflowExecution', { namespace, execution: { workflowId, runId } });
    if (outcome.kind !== 'reply') return true;
    const status = outcome.message.workflowExecutionInfo?.status;
    return status === WorkflowExecutionStatus.Terminated || status === WorkflowExecutionStatus.TimedOut;
  }
}
