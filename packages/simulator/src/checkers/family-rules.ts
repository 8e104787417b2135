import { isOpen, owes, type Change } from '@perdure/core';
import { EventType, ParentClosePolicy } from '@perdure/proto/enums';
import type { HistoryEvent } from '@perdure/proto/types';
import { hold } from '../kernel/violation.ts';
import { childEnd, describeEvent, nameOf, successorOf, type RunRecord } from './run-record.ts';
import { difference } from './same-state.ts';

/** How the checker finds runs. */
export interface Runs {
  find(runId: string): RunRecord | undefined;
  runsOf(namespaceId: string, workflowId: string): readonly RunRecord[];
}

/** The close event of a child, by the event with which its parent records it. */
const CLOSE_OF: Readonly<Partial<Record<EventType, EventType>>> = {
  [EventType.ChildWorkflowExecutionCompleted]: EventType.WorkflowExecutionCompleted,
  [EventType.ChildWorkflowExecutionFailed]: EventType.WorkflowExecutionFailed,
  [EventType.ChildWorkflowExecutionCanceled]: EventType.WorkflowExecutionCanceled,
  [EventType.ChildWorkflowExecutionTimedOut]: EventType.WorkflowExecutionTimedOut,
  [EventType.ChildWorkflowExecutionTerminated]: EventType.WorkflowExecutionTerminated,
};

/**
 * What one run records of another must be so, at the latest in the same batch. Noted change by change, checked at the
 * end of the batch.
 */
export class FamilyRules {
  readonly #runs: Runs;
  /** Closed runs whose children have been looked at. */
  readonly #settled = new Set<RunRecord>();
  #due: (() => void)[] = [];

  constructor(runs: Runs) {
    this.#runs = runs;
  }

  note(record: RunRecord, change: Change): void {
    if (change.kind === 'parentTold') this.#due.push(() => this.#checkTold(record));
    const event = change.kind === 'event' && record.shadow.flushing === 0 ? change.event : undefined;
    const happening = change.kind === 'buffered' ? change.event : event;
    if (happening !== undefined) this.#noteHappening(record, happening);
  }

  /** To be called when a batch is durable, with the runs that it has changed. */
  check(touched: Iterable<RunRecord>): void {
    for (const due of this.#due.splice(0)) due();
    for (const record of touched) {
      const { shadow } = record;
      if (!isOpen(shadow) && !owes(shadow)) this.#checkChildrenOf(record);
    }
  }

  #noteHappening(record: RunRecord, event: HistoryEvent): void {
    const where = `${nameOf(record)}: ${describeEvent(event)}`;
    const end = childEnd(event);
    if (end !== undefined) this.#due.push(() => this.#checkChildEnd(where, event, end.workflowExecution?.runId ?? ''));
    const started = event.childWorkflowExecutionStartedEventAttributes;
    if (started !== undefined) {
      const { runId = '' } = started.workflowExecution ?? {};
      this.#due.push(() => hold(this.#runs.find(runId) !== undefined, 27, () => `${where}: no run ${runId}`));
    }
    if (event.externalWorkflowExecutionSignaledEventAttributes !== undefined) this.#noteSignaled(record, event, where);
    if (event.workflowExecutionTerminatedEventAttributes?.reason === 'by parent close policy') {
      this.#due.push(() => this.#checkPolicy(record, where));
    }
  }

  /** The parent has what its child's last event says. */
  #checkChildEnd(where: string, event: HistoryEvent, runId: string): void {
    const close = this.#runs.find(runId)?.events.at(-1);
    hold(close !== undefined, 27, () => `${where}: no run ${runId}`);
    hold(
      close.eventType === CLOSE_OF[event.eventType ?? 0],
      27,
      () => `${where}: the child has ${describeEvent(close)}`,
    );
    hold(successorOf(close) === undefined, 27, () => `${where}: the child goes on as ${successorOf(close)}`);
    const result = event.childWorkflowExecutionCompletedEventAttributes?.result;
    const found = difference(result, close.workflowExecutionCompletedEventAttributes?.result);
    hold(found === undefined, 27, () => `${where}: another result, ${found}`);
  }

  /** The other workflow has the signal, in one of its runs. */
  #noteSignaled(record: RunRecord, event: HistoryEvent, where: string): void {
    const { initiatedEventId = 0 } = event.externalWorkflowExecutionSignaledEventAttributes ?? {};
    const request = record.shadow.externals.get(initiatedEventId);
    if (request?.kind !== 'signal') return;
    const { namespaceId = '', workflowExecution } = request.initiated;
    const requestId = `${record.identity.runId}:${initiatedEventId}`;
    this.#due.push(() => {
      const runs = this.#runs.runsOf(namespaceId, workflowExecution?.workflowId ?? '');
      const got = runs.some(({ shadow }) => shadow.signalRequestIds.has(requestId));
      hold(got, 33, () => `${where}: no run of ${workflowExecution?.workflowId} has signal ${requestId}`);
    });
  }

  /** A run that has closed and owes nothing any more: the policy has been applied to each of its children. */
  #checkChildrenOf(record: RunRecord): void {
    // The children of a run that was reset go on with the run that comes of it.
    if (this.#settled.has(record) || record.shadow.lifecycle.resetRunId !== undefined) return;
    this.#settled.add(record);
    for (const { eventId = 0, startChildWorkflowExecutionInitiatedEventAttributes: initiated } of record.events) {
      const policy = initiated?.parentClosePolicy;
      if (initiated === undefined || policy === ParentClosePolicy.Abandon) continue;
      const runs = this.#runs
        .runsOf(initiated.namespaceId ?? '', initiated.workflowId ?? '')
        .filter((run) => isChildOf(run, record, eventId));
      const last = runs.at(-1);
      if (last === undefined || !isOpen(last.shadow)) continue;
      // It closed while its parent ran, which took note of that, and was reset afterwards: nobody's child any more.
      if (record.events.some((event) => childEnd(event)?.initiatedEventId === eventId)) continue;
      // A run that was asked to stop may have failed or timed out since, and be tried again.
      const wasAsked = runs.some(({ shadow }) => shadow.lifecycle.cancelRequested);
      const asked = policy === ParentClosePolicy.RequestCancel && wasAsked;
      hold(asked, 26, () => `${nameOf(record)}: child ${eventId}, ${nameOf(last)}, goes on untouched`);
    }
  }

  /** The parent is said to know of the close of its child: if it is open it has recorded it. */
  #checkTold(record: RunRecord): void {
    const { parentWorkflowExecution, parentInitiatedEventId } = record.shadow.lifecycle.start;
    const parent = this.#runs.find(parentWorkflowExecution?.runId ?? '');
    if (parent === undefined || !isOpen(parent.shadow)) return;
    const isEnd = (event: HistoryEvent): boolean => childEnd(event)?.initiatedEventId === parentInitiatedEventId;
    const knows = parent.events.some(isEnd) || parent.shadow.buffer.some(isEnd);
    hold(knows, 27, () => `${nameOf(parent)} was told of the end of ${nameOf(record)} and has not recorded it`);
  }

  /** Whom the policy has terminated was to be terminated. */
  #checkPolicy(record: RunRecord, where: string): void {
    const { parentWorkflowExecution, parentInitiatedEventId = 0 } = record.shadow.lifecycle.start;
    const parent = this.#runs.find(parentWorkflowExecution?.runId ?? '');
    const initiated = parent?.events[parentInitiatedEventId - 1]?.startChildWorkflowExecutionInitiatedEventAttributes;
    const wanted = initiated?.parentClosePolicy === ParentClosePolicy.Terminate;
    hold(wanted && parent !== undefined && !isOpen(parent.shadow), 26, () => where);
  }
}

function isChildOf({ shadow }: RunRecord, parent: RunRecord, initiatedEventId: number): boolean {
  const { parentWorkflowExecution, parentInitiatedEventId } = shadow.lifecycle.start;
  return parentWorkflowExecution?.runId === parent.identity.runId && parentInitiatedEventId === initiatedEventId;
}
