import { isOpen, openTargets, type BatchChange, type BatchTarget } from '@perdure/core';
import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import { hold } from '../kernel/violation.ts';
import { nameOfAggregate, type JobRecord } from './aggregate-log.ts';
import type { Runs } from './family-rules.ts';
import type { RunRecord } from './run-record.ts';

/** What a batch operation says that it has done is done, durably. */
export class JobRules {
  readonly #runs: Runs;
  readonly #isLeaving: (namespaceId: string) => boolean;

  constructor(runs: Runs, isLeaving: (namespaceId: string) => boolean) {
    this.#runs = runs;
    this.#isLeaving = isLeaving;
  }

  note(record: JobRecord, change: BatchChange): void {
    const { shadow } = record;
    const where = nameOfAggregate(record);
    switch (change.kind) {
      case 'pageTaken':
        hold(openTargets(shadow).length === 0, 33, () => `${where}: a page is taken before the one before is done`);
        break;
      case 'targetsSettled':
        for (const index of change.succeeded) {
          const target = shadow.page?.executions[index];
          hold(target !== undefined && !shadow.settled.has(index), 33, () => `${where}: ${index} is settled twice`);
          this.#checkDone(record, target);
        }
        break;
      case 'batchClosed': {
        const isDone = openTargets(shadow).length === 0 && shadow.page !== undefined && shadow.page.next === undefined;
        const isComplete = change.status === WorkflowExecutionStatus.Completed;
        hold(isDone || !isComplete, 33, () => `${where} is complete and is not done`);
        break;
      }
      default:
    }
  }

  #checkDone(record: JobRecord, { runId }: BatchTarget): void {
    const run = this.#runs.find(runId);
    // There was none, or it is gone, or its namespace is deleted: nothing more is needed.
    if (this.#isLeaving(record.identity.namespaceId)) return;
    if (run === undefined || run.removal !== undefined) return;
    const { request } = record.shadow;
    const requestId = `${record.identity.runId}/${runId}`;
    const where = (): string => `${nameOfAggregate(record)}: what it says to have done to ${runId} is not durable`;
    const { lifecycle, signalRequestIds } = run.shadow;
    const isClosed = !isOpen(run.shadow);
    if (request.signalOperation !== undefined) hold(isClosed || signalRequestIds.has(requestId), 1, where);
    if (request.terminationOperation !== undefined) hold(isClosed, 1, where);
    if (request.cancellationOperation !== undefined) hold(isClosed || lifecycle.cancelRequested, 1, where);
    if (request.deletionOperation !== undefined) hold(lifecycle.deleteAtMs !== undefined, 1, where);
    if (request.resetOperation !== undefined) hold(this.#isReset(run, requestId), 29, where);
  }

  #isReset({ identity, shadow }: RunRecord, requestId: string): boolean {
    const runs = this.#runs.runsOf(identity.namespaceId, identity.id);
    return (
      shadow.lifecycle.resetRunId !== undefined &&
      runs.filter((run) => run.shadow.lifecycle.origin?.requestId === requestId).length === 1
    );
  }
}
