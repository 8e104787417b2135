import { toDuration } from '@perdure/core';
import type { PendingActivityInfo } from '@perdure/proto/types';
import type { MethodName, Outcome, ReplyOf, RequestOf } from '../../network/network.ts';
import { isTransient } from '../actor.ts';
import { Client } from './client.ts';

type Deed = 'hold' | 'reset' | 'options';

/** A request that comes late would undo what was asked for after it. */
const IN_ORDER = { ordered: true, timeoutMs: 60_000 } as const;

/** Holds runs and activities for a while, lets activities begin anew, and gives them other options. */
export class HoldingClient extends Client {
  protected override readonly pauseMaxMs = 1_500;

  protected override async act(): Promise<void> {
    const run = this.someRun();
    if (run === undefined) return;
    const { namespace, workflowId, runId } = run;
    if (this.random.chance(0.3)) {
      await this.#holdRun({ namespace, workflowId, runId });
      return;
    }
    const execution = { workflowId, runId };
    const read = await this.call('DescribeWorkflowExecution', { namespace, execution });
    if (read.kind !== 'reply') return;
    const pending: readonly PendingActivityInfo[] = read.message.pendingActivities ?? [];
    if (pending.length === 0) return;
    const { activityId: id = '', activityType } = this.random.pick(pending);
    const target = { namespace, execution, ...(this.random.chance(0.8) ? { id } : { type: activityType?.name ?? '' }) };
    const deed = this.random.weighted<Deed>({ hold: 70, reset: 15, options: 15 });
    const outcome = await this.#do(deed, target);
    this.context.facts.count(`${deed} ${outcome.kind}`);
  }

  async #holdRun(run: Pick<RequestOf<'PauseWorkflowExecution'>, 'namespace' | 'workflowId' | 'runId'>): Promise<void> {
    const request = { ...run, requestId: this.nextId(), reason: 'holding', identity: this.name };
    const { kind } = await this.#insist('PauseWorkflowExecution', request);
    this.context.facts.count(`hold run ${kind}`);
    await this.sleep(this.random.int(0, 3_000));
    await this.#insist('UnpauseWorkflowExecution', { ...run, identity: this.name });
  }

  async #do(deed: Deed, target: Pick<RequestOf<'PauseActivity'>, 'namespace' | 'execution' | 'id' | 'type'>) {
    const { random } = this;
    switch (deed) {
      case 'hold': {
        const paused = await this.#insist('PauseActivity', { ...target, requestId: this.nextId(), reason: 'holding' });
        await this.sleep(random.int(0, 3_000));
        const jitter = toDuration(random.pick([0, 0, 500]));
        const resetAttempts = random.chance(0.2);
        await this.#insist('UnpauseActivity', { ...target, resetAttempts, jitter });
        return paused;
      }
      case 'reset':
        return await this.#insist('ResetActivity', { ...target, restoreOriginalOptions: random.chance(0.3) });
      case 'options':
        return await this.#insist('UpdateActivityOptions', {
          ...target,
          activityOptions: {
            startToCloseTimeout: toDuration(random.int(1_000, 8_000)),
            retryPolicy: { initialInterval: toDuration(random.int(10, 500)) },
          },
          updateMask: { paths: ['start_to_close_timeout', 'retry_policy.initial_interval'] },
        });
    }
  }

  /** What it has held it lets go, however long that takes. */
  async #insist<Name extends MethodName>(name: Name, request: RequestOf<Name>): Promise<Outcome<ReplyOf<Name>>> {
    for (;;) {
      const outcome = await this.call(name, request, IN_ORDER);
      if (!isTransient(outcome)) return outcome;
      await this.sleep(this.random.int(10, 1_000));
    }
  }
}
