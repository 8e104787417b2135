import { UpdateWorkflowExecutionLifecycleStage as Stage } from '@perdure/proto/enums';
import { makeUpdate } from '../../model/make-program.ts';
import { updateRequest } from '../../model/update-messages.ts';
import { Client, UPDATE_POLL } from './client.ts';

const STAGES = [Stage.Unspecified, Stage.Accepted, Stage.Completed] as const;

/** Updates workflows, waits for as much as it likes, and asks again for updates that others have sent as well. */
export class UpdatingClient extends Client {
  protected override readonly pauseMaxMs = 600;

  protected override async act(): Promise<void> {
    const { updates } = this.context.facts;
    if (updates.length > 0 && this.random.chance(0.35)) await this.#poll(this.random.pick(updates.slice(-8)));
    else await this.#update();
  }

  async #update(): Promise<void> {
    const { facts, queues, workflowIds } = this.context;
    const { namespace, workflowId } = this.somewhere();
    const again = this.random.chance(0.15) ? facts.updates.at(-this.random.int(1, 5)) : undefined;
    const updateId = again?.updateId ?? this.nextId();
    const { random } = this;
    const content = makeUpdate({ random: random.fork(updateId), queues, workflowIds, longTimers: false }, updateId);
    const request = {
      namespace: again?.namespace ?? namespace,
      workflowExecution: { workflowId: again?.workflowId ?? workflowId },
      request: updateRequest(updateId, content, this.name),
      waitPolicy: { lifecycleStage: random.pick(STAGES) },
    };
    const outcome = await this.persist('UpdateWorkflowExecution', request, UPDATE_POLL);
    facts.count(`update ${outcome.kind}`);
    if (outcome.kind === 'reply') this.noteUpdate(request.namespace, outcome.message);
  }

  async #poll({ namespace, workflowId, runId, updateId }: (typeof this.context.facts.updates)[number]): Promise<void> {
    const { random } = this;
    const execution = { workflowId, runId: random.chance(0.7) ? runId : '' };
    const request = {
      namespace,
      updateRef: { workflowExecution: execution, updateId },
      waitPolicy: { lifecycleStage: random.pick(STAGES) },
    };
    const outcome = await this.persist('PollWorkflowExecutionUpdate', request, UPDATE_POLL);
    this.context.facts.count(`poll update ${outcome.kind}`);
    if (outcome.kind === 'reply') this.noteUpdate(namespace, outcome.message);
  }
}
