import { SIGNAL_NAME } from '../../model/commands.ts';
import { toPayloads } from '../../model/payload.ts';
import { MOODS, TARGET_HOST } from '../../network/callback-target.ts';
import { Client } from './client.ts';
import { makeStart } from './make-start.ts';

/** Starts workflows, with every policy there is, and with signals. */
export class StartingClient extends Client {
  protected override readonly pauseMaxMs = 1_200;

  protected override async act(): Promise<void> {
    if (this.random.chance(0.3)) await this.#signalWithStart();
    else await this.#start();
  }

  async #start(): Promise<void> {
    const { facts, hasWorker, onCallback, onEagerStart } = this.context;
    const common = makeStart(this.random, this.context, this.name, this.nextId());
    const eager = this.random.chance(0.3) && hasWorker(common.namespace, common.taskQueue.name);
    const completionCallbacks = this.#makeCallbacks(common.requestId);
    const attaches = this.random.chance(0.5);
    const onConflictOptions = this.random.chance(0.3)
      ? { attachRequestId: true, attachCompletionCallbacks: attaches }
      : undefined;
    const request = { ...common, completionCallbacks, requestEagerExecution: eager, onConflictOptions };
    const outcome = await this.persist('StartWorkflowExecution', request);
    facts.count(`start ${outcome.kind}`);
    if (outcome.kind !== 'reply') return;
    facts.started(request.namespace, request.workflowId, outcome.message.runId ?? '');
    const isAttached = outcome.message.started === true || onConflictOptions?.attachCompletionCallbacks === true;
    for (const { nexus } of isAttached ? completionCallbacks : []) onCallback(outcome.message.runId ?? '', nexus.url);
    if (outcome.message.eagerWorkflowTask !== undefined) onEagerStart(request, outcome.message);
  }

  /** Each with an address of its own. */
  #makeCallbacks(requestId: string) {
    const count = this.random.chance(0.3) ? this.random.int(1, 2) : 0;
    return Array.from({ length: count }, (_, index) => {
      return { nexus: { url: `http://${TARGET_HOST}/${this.random.pick(MOODS)}/${requestId}/${index}` } };
    });
  }

  async #signalWithStart(): Promise<void> {
    const { facts } = this.context;
    const request = makeStart(this.random, this.context, this.name, this.nextId());
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
}
