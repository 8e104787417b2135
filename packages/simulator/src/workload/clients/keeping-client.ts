import { DAY_MS, toDuration } from '@perdure/core';
import { Client } from './client.ts';

/** From a retention that ends while the workload goes on to one that nobody sees the end of. */
const RETENTIONS_MS = [3_000, 20_000, DAY_MS] as const;

/** Changes for how long namespaces keep what has closed. */
export class KeepingClient extends Client {
  protected override readonly pauseMaxMs = 8_000;

  protected override async act(): Promise<void> {
    const namespace = this.random.pick(this.context.namespaces);
    const workflowExecutionRetentionTtl = toDuration(this.random.pick(RETENTIONS_MS));
    const outcome = await this.persist('UpdateNamespace', { namespace, config: { workflowExecutionRetentionTtl } });
    this.context.facts.count(`keep ${outcome.kind}`);
  }
}
