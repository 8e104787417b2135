import { SIGNAL_NAME } from '../../model/commands.ts';
import { toPayloads } from '../../model/payload.ts';
import { Client } from './client.ts';

/** Signals workflows. One that keeps the order sends a signal only when it knows what became of the one before. */
export class SignalingClient extends Client {
  protected override readonly pauseMaxMs = 400;
  #number = 0;

  protected override async act(): Promise<void> {
    const ordered = this.random.chance(0.6);
    const { namespace, workflowId } = this.somewhere();
    const burst = this.random.chance(0.2) ? this.random.int(2, 5) : 1;
    for (let index = 0; index < burst; index++) await this.#signal(namespace, workflowId, ordered);
  }

  async #signal(namespace: string, workflowId: string, ordered: boolean): Promise<void> {
    const { facts } = this.context;
    const id = this.nextId();
    if (ordered) this.#number += 1;
    const signal = { sender: this.name, number: ordered ? this.#number : 0, id };
    const workflowExecution = { workflowId };
    const request = { namespace, workflowExecution, signalName: SIGNAL_NAME, input: toPayloads(signal), requestId: id };
    const outcome = await this.persist(
      'SignalWorkflowExecution',
      request,
      ordered ? { ordered, timeoutMs: 60_000 } : {},
    );
    facts.count(`signal ${outcome.kind}`);
    if (outcome.kind === 'reply') facts.signaled(outcome.message.link?.workflowEvent?.runId ?? '', id);
  }
}
