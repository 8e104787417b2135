import { Client } from './client.ts';

/** Deletes runs, open and closed. */
export class DeletingClient extends Client {
  protected override readonly pauseMaxMs = 4_000;

  protected override async act(): Promise<void> {
    const run = this.someRun();
    if (run === undefined) return;
    const { namespace, workflowId } = run;
    const workflowExecution = { workflowId, runId: this.random.chance(0.8) ? run.runId : '' };
    const outcome = await this.persist('DeleteWorkflowExecution', { namespace, workflowExecution });
    this.context.facts.count(`delete ${outcome.kind}`);
  }
}
