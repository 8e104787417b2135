import { ResetReapplyExcludeType } from '@perdure/proto/enums';
import type { HistoryEvent } from '@perdure/proto/types';
import { Client } from './client.ts';

const { Signal, Update } = ResetReapplyExcludeType;

/** Resets runs, open and closed, to one of their workflow tasks; sometimes to where none can be reset to. */
export class ResettingClient extends Client {
  protected override readonly pauseMaxMs = 4_000;

  protected override async act(): Promise<void> {
    const run = this.someRun();
    if (run === undefined) return;
    const { namespace, workflowId, runId } = run;
    const execution = { workflowId, runId };
    const read = await this.call('GetWorkflowExecutionHistory', { namespace, execution });
    if (read.kind !== 'reply') return;
    const events = read.message.history?.events ?? [];
    const points = events.filter(endsTask).map(({ eventId = 0 }) => eventId);
    const anywhere = this.random.int(1, events.length + 1);
    const workflowTaskFinishEventId =
      points.length === 0 || this.random.chance(0.1) ? anywhere : this.random.pick(points);
    const outcome = await this.persist('ResetWorkflowExecution', {
      namespace,
      workflowExecution: execution,
      reason: 'the client goes back',
      requestId: this.nextId(),
      workflowTaskFinishEventId,
      resetReapplyExcludeTypes: this.random.pick([[], [], [], [Signal], [Update], [Signal, Update]]),
    });
    const { facts } = this.context;
    facts.count(`reset ${outcome.kind}`);
    if (outcome.kind === 'reply') facts.started(namespace, workflowId, outcome.message.runId ?? '');
  }
}

function endsTask(event: HistoryEvent): boolean {
  return (
    event.workflowTaskCompletedEventAttributes !== undefined ||
    event.workflowTaskFailedEventAttributes !== undefined ||
    event.workflowTaskTimedOutEventAttributes !== undefined
  );
}
